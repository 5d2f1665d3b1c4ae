import { CrosspointError } from '../base/errors.ts';
import type { LegId, SessionId } from '../base/ids.ts';
import type { WorkerEvent } from './channel.ts';
import type { Homes } from './homes.ts';
import type { MediaRecordingListener, Recorded, RecordingTerms } from './media.ts';
import type { WorkerSlot } from './worker-slot.ts';

type RecordingEvent = Extract<WorkerEvent, { event: `recording.${string}` }>;

interface PlacedRecording {
  /** Whose worker it keeps; null of the recording of a leg. */
  readonly session: SessionId | null;
  readonly slot: WorkerSlot;
  readonly listener: MediaRecordingListener;
}

/** What is being recorded by all workers, and who is told of it. */
export class WorkerRecordings {
  readonly #placed = new Map<string, PlacedRecording>();
  readonly #directory: string | null;
  readonly #homes: Homes;

  /** @param directory the folder for recordings; null: none are made */
  constructor(directory: string | null, homes: Homes) {
    this.#directory = directory;
    this.#homes = homes;
  }

  /** @throws CrosspointError media.… */
  async start(
    slot: WorkerSlot | undefined,
    recording: string,
    what: Recorded,
    terms: RecordingTerms,
    listener: MediaRecordingListener,
  ): Promise<void> {
    const directory = this.#directory;
    const channel = slot?.channel ?? null;
    if (directory === null || slot === undefined || channel === null)
      throw new CrosspointError('media.worker-lost', 'no media worker is running that could record', {
        retriable: true,
      });
    const session = 'session' in what ? what.session : null;
    this.#placed.set(recording, { session, slot, listener });
    if (session !== null) this.#homes.settle(session, slot);
    try {
      await channel.request('recording.start', { recording, ...what, directory, ...terms });
    } catch (error) {
      this.#end(recording);
      throw error;
    }
  }

  async stop(recording: string): Promise<void> {
    await this.#placed.get(recording)?.slot.channel?.request('recording.stop', { recording });
  }

  async choose(recording: string, legs: readonly LegId[]): Promise<void> {
    await this.#placed.get(recording)?.slot.channel?.request('recording.choose', { recording, legs: [...legs] });
  }

  told({ event, params }: RecordingEvent): void {
    switch (event) {
      case 'recording.started':
        this.#placed.get(params.recording)?.listener.started();
        break;
      case 'recording.file-started': {
        const { recording, ...file } = params;
        this.#placed.get(recording)?.listener.fileStarted(file);
        break;
      }
      case 'recording.ended': {
        const { recording, ...how } = params;
        this.#end(recording)?.ended(how);
        break;
      }
      default:
        event satisfies never;
    }
  }

  lost(slot: WorkerSlot): void {
    for (const [recording, placed] of [...this.#placed]) if (placed.slot === slot) this.#end(recording)?.ended(null);
  }

  #end(recording: string): MediaRecordingListener | undefined {
    const placed = this.#placed.get(recording);
    if (!placed || !this.#placed.delete(recording)) return undefined;
    if (placed.session !== null) this.#homes.unsettle(placed.session);
    return placed.listener;
  }
}
