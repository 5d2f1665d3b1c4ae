import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordedFile } from '../../../pipelines/protocol/recording.ts';
import type { Clock } from '../../base/clock.ts';
import type { ConnectionId, StreamId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { MediaRecordingListener } from '../../media/media.ts';
import type { RecordingEvent } from './events.ts';
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
  refusal: Error | null = null;
  recordings: Recordings;
  readonly #clock: Clock;

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
        },
      },
      store: {
        save: async row => void this.rows.set(row.id, row),
        all: async () => [...this.rows.values()],
        delete: async id => void this.rows.delete(id),
      },
      folders: new RecordingFolders(this.folder),
      events: { record: async event => void this.events.push(event) },
      streamOf: leg => ({ connection: `connection of ${leg}` as ConnectionId, stream: `stream of ${leg}` as StreamId }),
      retention: { maxAgeMs: 30 * 86_400_000, maxBytes: 1_000_000 },
      maxMs: 3_600_000,
      sampleRate: 48_000,
      clock: this.#clock,
      log: silentLog,
    });
    return this.recordings;
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
