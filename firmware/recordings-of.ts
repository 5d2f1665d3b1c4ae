import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Calls } from './calls/calls.ts';
import { hostOf } from './calls/events.ts';
import type { Config } from './config/schema.ts';
import { legOfStream } from './leg-of-stream.ts';
import type { MediaRecorder } from './media/media.ts';
import { Archives } from './sessions/archives/archives.ts';
import type { ArchiveEventRecorder } from './sessions/archives/ports.ts';
import { ZipPackager } from './sessions/archives/zip-packager.ts';
import type { RecordingEventRecorder, StreamOfLeg } from './sessions/recordings/ports.ts';
import type { RecordingFolders } from './sessions/recordings/recording-folders.ts';
import { Recordings } from './sessions/recordings/recordings.ts';
import type { Sessions } from './sessions/registry.ts';
import { archiveRecords } from './store/archive-records.ts';
import { recordingRecords } from './store/recording-records.ts';
import type { Store } from './store/store.ts';
import type { Peers } from './webrtc/peers.ts';

export interface RecordingsParts {
  readonly media: MediaRecorder;
  readonly folders: RecordingFolders;
  readonly store: Store;
  readonly events: RecordingEventRecorder & ArchiveEventRecorder;
  readonly sessions: Sessions;
  readonly peers: () => Peers;
  readonly calls: () => Calls;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RecordingsOfBox {
  readonly recordings: Recordings;
  readonly archives: Archives;
}

/** Recordings as the configuration has them, and archives, which are kept as long, and as long again told of. */
export function recordingsOf(
  { recordings: config }: Config,
  { media, folders, store, events, sessions, peers, calls, clock, log }: RecordingsParts,
): RecordingsOfBox {
  const maxMs = config.maxSeconds * 1000;
  const maxAgeMs = config.maxAgeDays * 86_400_000;
  const recordings: Recordings = new Recordings({
    media,
    watcher: {
      ended: record => archives.ended(record),
      deleted: id => archives.deleted(id),
    },
    store: recordingRecords(store.recordings, log),
    folders,
    events,
    streamOf: streamOfLeg(sessions, peers, calls),
    retention: { maxAgeMs, maxBytes: config.maxBytes },
    maxMs,
    sampleRate: config.sampleRate,
    clock,
    log,
  });
  const archives: Archives = new Archives({
    recordings,
    store: archiveRecords(store.archives, log),
    events,
    sessions,
    legOf: legOfStream(sessions, peers, calls),
    packager: new ZipPackager(folders.directory),
    format: config.format,
    maxMs,
    keepMs: maxAgeMs,
    clock,
    log,
  });
  return { recordings, archives };
}

const streamOfLeg =
  (sessions: Sessions, peers: () => Peers, calls: () => Calls): StreamOfLeg =>
  leg => {
    const publisher = peers().publisherWith(leg);
    if (publisher) return publisher;
    const ref = calls().withLeg(leg)?.ref;
    if (!ref?.session || !ref.connection) return null;
    const stream = sessions.streamOf(hostOf(ref), ref.session, ref.connection);
    return { connection: ref.connection, stream: stream?.id ?? null };
  };
