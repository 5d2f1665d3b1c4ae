import type { Clock } from '../../base/clock.ts';
import type { LegId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { RecordingsRig } from '../recordings/recordings.fixture.ts';
import type { Sessions } from '../registry.ts';
import type { Archive } from './archive.ts';
import { Archives } from './archives.ts';
import type { ArchiveEvent } from './events.ts';
import { ZipPackager } from './zip-packager.ts';

/** Archives over the recordings of a rig, with a store in memory; the worker is the test itself. */
export class ArchivesRig {
  readonly rows = new Map<string, Archive>();
  readonly events: ArchiveEvent[] = [];
  readonly recordings: RecordingsRig;
  archives: Archives;
  readonly #sessions: Sessions;
  readonly #clock: Clock;

  constructor(recordings: RecordingsRig, sessions: Sessions, clock: Clock) {
    this.recordings = recordings;
    this.#sessions = sessions;
    this.#clock = clock;
    this.archives = this.another();
  }

  /** As after a restart, with the recordings that the rig has then. */
  another(): Archives {
    this.archives = new Archives({
      recordings: this.recordings.recordings,
      store: {
        save: async archive => void this.rows.set(archive.id, archive),
        all: async () => [...this.rows.values()],
        delete: async id => void this.rows.delete(id),
      },
      events: { record: async event => void this.events.push(event) },
      sessions: this.#sessions,
      legOf: (_project, _session, stream) => `leg of ${stream}` as LegId,
      packager: new ZipPackager(this.recordings.folder),
      format: 'ogg',
      maxMs: 3_600_000,
      keepMs: 30 * 86_400_000,
      clock: this.#clock,
      log: silentLog,
    });
    this.recordings.watcher = this.archives;
    return this.archives;
  }

  /** Statuses that were told of, of one archive. */
  told(id: string): string[] {
    return this.events.filter(({ archive }) => archive.id === id).map(({ archive }) => archive.status);
  }

  /** What the worker does until it is asked to stop: files of these legs; a null leg is the mixed one. */
  record(id: string, legs: readonly (string | null)[], bytes = 'x'.repeat(1000)): void {
    const files = this.recordings.began(id, legs, bytes);
    this.recordings.onStop(id, files);
  }

  /** Resolves when the archive has that status. */
  async until(id: string, status: Archive['status']): Promise<Archive> {
    for (let i = 0; i < 500; i++) {
      const archive = this.rows.get(id);
      if (archive?.status === status) return archive;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error(`the archive is ${this.rows.get(id)?.status}, not ${status}`);
  }
}
