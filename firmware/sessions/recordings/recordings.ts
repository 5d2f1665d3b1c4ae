import type { RecordingEnded } from '../../../pipelines/protocol/recording.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { CrosspointError, isCrosspointError, messageOf } from '../../base/errors.ts';
import type { LegId, ProjectId, SessionId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { MediaRecorder } from '../../media/media.ts';
import type { SessionEvent } from '../events.ts';
import type { RecordingEvent } from './events.ts';
import { newRecording, type RecordingRequest } from './new-recording.ts';
import type { RecordingEventRecorder, RecordingStore, RecordingWatcher, StreamOfLeg } from './ports.ts';
import { isOver, type RecordingFile, type RecordingRecord } from './recording.ts';
import type { RecordingFolders } from './recording-folders.ts';
import { expired, type RetentionLimits } from './retention.ts';

/** A session that is empty for so long is over (as the OpenTok archive API has it). */
const EMPTY_MS = 60_000;
const SWEEP_EVERY_MS = 600_000;

export interface RecordingsOptions {
  readonly media: MediaRecorder;
  readonly store: RecordingStore;
  readonly folders: RecordingFolders;
  readonly events: RecordingEventRecorder;
  readonly watcher?: RecordingWatcher;
  readonly streamOf: StreamOfLeg;
  readonly retention: RetentionLimits;
  /** The longest recording. */
  readonly maxMs: number;
  readonly sampleRate: 8000 | 16_000 | 48_000;
  readonly clock: Clock;
  readonly log: Log;
}

interface Live {
  record: RecordingRecord;
  readonly alone: boolean;
  /** Resolves when it is over and that is in the store. */
  readonly over: Promise<void>;
  readonly finish: () => void;
  limit: Timer | null;
  /** Runs while nobody is in the session. */
  empty: Timer | null;
}

/** All recordings of the box: those that run, and those that are kept (recording.ts has the states). */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #records = new Map<string, RecordingRecord>();
  readonly #live = new Map<string, Live>();
  #sweeper: Timer | null = null;
  #closed = false;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** Brings back those of before; what ran when the process ended is interrupted, and says what of it can be played. */
  async start(): Promise<void> {
    for (const record of await this.#options.store.all()) {
      if (isOver(record)) this.#records.set(record.id, record);
      else await this.#interrupt(record, 'the service ended while it was recording');
    }
    await this.#nameStrangers();
    await this.sweep();
  }

  /** Ends those that run, and waits for their files. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#sweeper?.stop();
    const live = [...this.#live.values()];
    await Promise.all(live.map(({ record }) => this.#ask(record.id)));
    await Promise.all(live.map(({ over }) => over));
  }

  list(session?: SessionId): RecordingRecord[] {
    const all = [...this.#records.values()];
    return session === undefined ? all : all.filter(record => record.sessionId === session);
  }

  /** @throws CrosspointError session.recording-unknown */
  get(id: string): RecordingRecord {
    const record = this.#records.get(id);
    if (!record) throw new CrosspointError('session.recording-unknown', 'There is no such recording');
    return record;
  }

  /** The path of one of its files. @throws CrosspointError session.recording-unknown */
  fileOf(id: string, name: string): string {
    const record = this.get(id);
    const file = record.files.some(each => each.name === name) ? this.#options.folders.pathOf(id, name) : null;
    if (file === null) throw new CrosspointError('session.recording-unknown', 'The recording has no such file');
    return file;
  }

  /**
   * Begins to record a session that somebody is in, or a leg; the record is `starting` until the worker has made its folder.
   * @throws CrosspointError of the store or the media, session.recording-running for a second one of the session
   */
  async begin(request: RecordingRequest): Promise<RecordingRecord> {
    const session = 'leg' in request ? null : request.session;
    const alone = 'leg' in request ? false : (request.alone ?? true);
    if (alone && [...this.#live.values()].some(live => live.alone && live.record.sessionId === session))
      throw new CrosspointError('session.recording-running', 'The session is being recorded already');
    const { clock, media, store, sampleRate, maxMs } = this.#options;
    const record = newRecording(request, clock.now());
    let finish = () => {};
    const over = new Promise<void>(resolve => {
      finish = resolve;
    });
    const live: Live = { record, alone, over, finish, limit: null, empty: null };
    this.#live.set(record.id, live);
    this.#records.set(record.id, record);
    try {
      await store.save(record);
      const { mode, format } = record;
      const [what, more] =
        'leg' in request
          ? [{ leg: request.leg }, { channels: request.channels }]
          : [{ session: request.session }, request.legs && { legs: [...request.legs] }];
      await media.startRecording(record.id, what, { mode, format, sampleRate, ...more }, this.#listener(live));
    } catch (error) {
      await this.#failed(live, error);
      throw error;
    }
    if (this.#live.has(record.id)) live.limit = clock.after(maxMs, () => void this.#ask(record.id));
    return live.record;
  }

  /** From now on it is of these legs alone. Without effect on one that is over. */
  async choose(id: string, legs: readonly LegId[]): Promise<void> {
    if (this.#live.has(id)) await this.#options.media.chooseRecorded(id, legs);
  }

  /** A file that was made of those of a recording that is over, in its folder. */
  async addFile(id: string, name: string, bytes: number): Promise<void> {
    const record = this.get(id);
    const file = { name, connectionId: null, streamId: null, offsetMs: 0, durationMs: null, bytes, missedMs: 0 };
    const files = [...record.files.filter(each => each.name !== name), file];
    this.#records.set(id, { ...record, files });
    await this.#save({ ...record, files });
  }

  /** Ends it; resolves when its files are complete. Gives the record as it then is, also of one that was over. */
  async stop(id: string): Promise<RecordingRecord> {
    this.get(id);
    const live = this.#live.get(id);
    if (live) {
      await this.#ask(id);
      await live.over;
    }
    return this.get(id);
  }

  /** Takes it and its files away. @throws CrosspointError session.recording-running while it runs */
  async delete(id: string): Promise<void> {
    if (!isOver(this.get(id)))
      throw new CrosspointError('session.recording-running', 'It is being recorded: stop it first');
    await this.#options.folders.delete(id);
    await this.#options.store.delete(id);
    this.#records.delete(id);
    this.#options.watcher?.deleted(id);
  }

  /** What happens in sessions: an empty one is not recorded for ever. */
  sessionEvent({ type, session }: SessionEvent): void {
    if (type !== 'sessionCreated' && type !== 'sessionDestroyed') return;
    for (const live of this.#live.values()) {
      if (live.record.sessionId !== session) continue;
      live.empty?.stop();
      live.empty =
        type === 'sessionDestroyed' ? this.#options.clock.after(EMPTY_MS, () => void this.#ask(live.record.id)) : null;
    }
  }

  /** Deletes what is kept no longer. */
  async sweep(): Promise<void> {
    const { clock, log, retention } = this.#options;
    this.#sweeper?.stop();
    for (const { id } of expired([...this.#records.values()], retention, clock.now())) {
      try {
        await this.delete(id);
        log.info({ recording: id }, 'a recording was deleted: too old, or too many bytes');
      } catch (error) {
        log.error({ recording: id, problem: messageOf(error) }, 'an old recording could not be deleted');
      }
    }
    if (!this.#closed) this.#sweeper = clock.after(SWEEP_EVERY_MS, () => void this.sweep());
  }

  /** Folders without a record: the disk was written, the store was not. */
  async #nameStrangers(): Promise<void> {
    const { folders, log } = this.#options;
    for (const name of await folders.names()) {
      if (!this.#records.has(name)) log.warn({ recording: name }, 'a folder of recordings belongs to no recording');
    }
  }

  async #ask(id: string): Promise<void> {
    await this.#options.media.stopRecording(id).catch(error => {
      this.#options.log.warn({ recording: id, problem: messageOf(error) }, 'a recording could not be stopped');
    });
  }

  #listener(live: Live) {
    return {
      started: () => {
        this.#change(live, { status: 'started', startedAt: this.#options.clock.now() });
        this.#tell('recordingStarted', live.record);
      },
      fileStarted: ({ path, leg, offsetMs }: { path: string; leg: string | null; offsetMs: number }) => {
        const stream = leg === null ? null : this.#options.streamOf(leg as LegId);
        const file: RecordingFile = {
          name: path,
          connectionId: stream?.connection ?? null,
          streamId: stream?.stream ?? null,
          offsetMs,
          durationMs: null,
          bytes: null,
          missedMs: 0,
        };
        this.#change(live, { files: [...live.record.files, file] });
      },
      ended: (how: Omit<RecordingEnded, 'recording'> | null) => {
        if (how === null) void this.#interrupt(live.record, 'the media worker ended while it was recording', live);
        else void this.#ended(live, how);
      },
    };
  }

  async #ended(live: Live, how: Omit<RecordingEnded, 'recording'>): Promise<void> {
    const { record } = live;
    const { durationMs, notRecorded, error } = how;
    const files = record.files.map(file => {
      const told = how.files.find(({ path }) => path === file.name);
      return told ? { ...file, durationMs: told.durationMs, bytes: told.bytes, missedMs: told.missedMs } : file;
    });
    const status = how.reason === 'failed' ? 'failed' : how.reason === 'reset' ? 'interrupted' : 'stopped';
    await this.#over(live, { ...record, status, durationMs, notRecorded, error, files });
  }

  async #failed(live: Live, error: unknown): Promise<void> {
    const code = isCrosspointError(error) ? error.code : 'session.recording-failed';
    await this.#over(live, { ...live.record, status: 'failed', error: { code, message: messageOf(error) } });
  }

  /** Says what can be played of a recording that nobody completed. */
  async #interrupt(record: RecordingRecord, message: string, live: Live | null = null): Promise<void> {
    const found = await this.#options.folders.found(record.id);
    const files = found.files.map(file => {
      const known = record.files.find(({ name }) => name === file.name);
      return { ...file, connectionId: known?.connectionId ?? null, streamId: known?.streamId ?? null };
    });
    const ends = files.map(({ offsetMs, durationMs }) => offsetMs + (durationMs ?? 0));
    await this.#over(live, {
      ...record,
      status: 'interrupted',
      startedAt: record.startedAt ?? found.startedAt,
      durationMs: files.length === 0 ? null : Math.max(...ends),
      error: { code: 'session.recording-interrupted', message },
      files,
    });
  }

  async #over(live: Live | null, record: RecordingRecord): Promise<void> {
    const ended = { ...record, endedAt: this.#options.clock.now() };
    live?.limit?.stop();
    live?.empty?.stop();
    this.#records.set(record.id, ended);
    this.#live.delete(record.id);
    await this.#save(ended);
    this.#tell(ended.status === 'stopped' ? 'recordingStopped' : 'recordingFailed', ended);
    live?.finish();
    if (live) await this.sweep();
  }

  #change(live: Live, change: Partial<RecordingRecord>): void {
    live.record = { ...live.record, ...change };
    this.#records.set(live.record.id, live.record);
    void this.#save(live.record);
  }

  async #save(record: RecordingRecord): Promise<void> {
    await this.#options.store.save(record).catch(error => {
      this.#options.log.error({ recording: record.id, problem: messageOf(error) }, 'a recording could not be stored');
    });
  }

  #tell(type: RecordingEvent['type'], recording: RecordingRecord): void {
    const { clock, events, log, watcher } = this.#options;
    if (isOver(recording)) watcher?.ended(recording);
    const project = recording.project as ProjectId;
    const session = recording.sessionId as SessionId | null;
    events.record({ type, time: clock.now(), project, session, recording }).catch(error => {
      log.error({ event: type, problem: messageOf(error) }, 'an event could not be stored');
    });
  }
}
