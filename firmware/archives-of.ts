import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Calls } from './calls/calls.ts';
import type { Config } from './config/schema.ts';
import { legOfStream } from './leg-of-stream.ts';
import { Archives } from './sessions/archives/archives.ts';
import type { ArchiveEventRecorder } from './sessions/archives/ports.ts';
import { ZipPackager } from './sessions/archives/zip-packager.ts';
import type { Recordings } from './sessions/recordings/recordings.ts';
import type { Sessions } from './sessions/registry.ts';
import { archiveRecords } from './store/archive-records.ts';
import type { Store } from './store/store.ts';
import type { Peers } from './webrtc/peers.ts';

export interface ArchivesParts {
  readonly recordings: Recordings;
  /** The folder of all recordings. */
  readonly directory: string;
  readonly store: Store;
  readonly events: ArchiveEventRecorder;
  readonly sessions: Sessions;
  readonly peers: () => Peers;
  readonly calls: () => Calls;
  readonly clock: Clock;
  readonly log: Log;
}

/** Archives as the configuration has recordings: kept as long, and as long again told of. */
export function archivesOf({ recordings: config }: Config, parts: ArchivesParts): Archives {
  const { recordings, directory, store, events, sessions, peers, calls, clock, log } = parts;
  return new Archives({
    recordings,
    store: archiveRecords(store.archives, log),
    events,
    sessions,
    legOf: legOfStream(sessions, peers, calls),
    packager: new ZipPackager(directory),
    format: config.format,
    maxMs: config.maxSeconds * 1000,
    keepMs: config.maxAgeDays * 86_400_000,
    clock,
    log,
  });
}
