import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordedFile, RecordingManifest } from '../../../pipelines/protocol/recording.ts';
import type { Clock } from '../../base/clock.ts';
import type { ConnectionId, StreamId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { MediaRecordingListener } from '../../media/media.ts';
import type { RecordingEvent } from './events.ts';
import type { RecordingWatcher } from './ports.ts';
import type { RecordingRecord } from './recording.ts';
import { RecordingFolders } from './recording-folders.ts';
import { Recordings } from './recordings.ts';

/** Recordings with a folder of their own and a store in memory; the worker is the test itself, by its listeners. */
export class RecordingsRig {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'recordings-'));
  readonly rows = new Map<string, RecordingRecord>();
  readonly events: RecordingEvent[] = [];
  readonly listeners = new Map<string, MediaRecordingListener>();
  readonly stopped: string[] = [];
  /** Each time the recording and its legs. */
  readonly chosen: string[][] = [];
  watcher: RecordingWatcher | null = null;
  refusal: Error | null = null;
  recordings: Recordings;
  readonly #clock: Clock;
  readonly #whole = new Map<string, readonly RecordedFile[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.recordings = this.another();
  }

  /** As after a restart: the same store and folder. */
  another(): Recordings {
    this.recordings = new Recordings({
      media: {
        startRecording: async (id, _session, _terms, listener) => {
          if (this.refusal) throw this.refusal;
          this.listeners.set(id, listener);
        },
        stopRecording: async id => {
          this.stopped.push(id);
          const files = this.#whole.get(id);
          if (files)
            this.listeners
              .get(id)
              ?.ended({ reason: 'stopped', error: null, durationMs: 5000, notRecorded: 0, files: [...files] });
        },
        chooseRecorded: async (id, legs) => void this.chosen.push([id, ...legs]),
      },
      store: {
        save: async row => void this.rows.set(row.id, row),
        all: async () => [...this.rows.values()],
        delete: async id => void this.rows.delete(id),
      },
      folders: new RecordingFolders(this.folder),
      events: { record: async event => void this.events.push(event) },
      watcher: {
        ended: record => this.watcher?.ended(record),
        deleted: id => this.watcher?.deleted(id),
      },
      streamOf: leg => ({ connection: `connection of ${leg}` as ConnectionId, stream: `stream of ${leg}` as StreamId }),
      retention: { maxAgeMs: 30 * 86_400_000, maxBytes: 1_000_000 },
      maxMs: 3_600_000,
      sampleRate: 48_000,
      clock: this.#clock,
      log: silentLog,
    });
    return this.recordings;
  }

  /** The manifest of a recording that nobody completed. */
  cutOff(
    id: string,
    session: string,
    mode: 'mixed' | 'individual',
    files: readonly Pick<RecordedFile, 'path' | 'leg' | 'offsetMs'>[],
  ): void {
    const manifest: RecordingManifest = {
      version: 1,
      recording: id,
      session,
      mode,
      format: 'ogg',
      sampleRate: 48_000,
      startedAt: 1,
      reason: null,
      files: files.map(file => ({ ...file, durationMs: null, bytes: 0, missedMs: 0 })),
    };
    writeFileSync(path.join(this.folder, id, 'recording.json'), JSON.stringify(manifest));
  }

  /** What the worker says at once when it is asked to stop that recording. */
  onStop(id: string, files: readonly RecordedFile[]): void {
    this.#whole.set(id, files);
  }

  /** The worker has begun, with a file of some bytes for each leg; a null leg is the mixed one. */
  began(id: string, legs: readonly (string | null)[], bytes: Buffer | string = 'x'.repeat(1000)): RecordedFile[] {
    const listener = this.listeners.get(id);
    listener?.started();
    mkdirSync(path.join(this.folder, id), { recursive: true });
    return legs.map((leg, index) => {
      const name = leg === null ? 'mixed.ogg' : `0${index + 1}.ogg`;
      writeFileSync(path.join(this.folder, id, name), bytes);
      const file = { path: name, leg, offsetMs: 20 * index };
      listener?.fileStarted(file);
      return { ...file, durationMs: 5000, bytes: bytes.length, missedMs: 0 };
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
