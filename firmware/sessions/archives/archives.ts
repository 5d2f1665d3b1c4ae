import type { Clock } from '../../base/clock.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { SessionEvent } from '../events.ts';
import type { RecordingWatcher } from '../recordings/ports.ts';
import { isOver, type RecordingFile, type RecordingRecord } from '../recordings/recording.ts';
import { PACKAGE } from '../recordings/recording-folders.ts';
import type { Sessions } from '../registry.ts';
import { type Archive, type ArchiveLayout, isRunning } from './archive.ts';
import { ArchiveBook } from './archive-book.ts';
import { forgotten } from './forgotten.ts';
import { type ArchiveRequest, newArchive } from './new-archive.ts';
import { outcomeOf } from './outcome.ts';
import type { ArchiveEventRecorder, ArchiveRecordings, ArchiveStore, LegOfStream, Packager } from './ports.ts';

/** As the recorder's: of one recording. */
const MAX_STREAMS = 50;

export interface ArchivesOptions {
  readonly recordings: ArchiveRecordings;
  readonly store: ArchiveStore;
  readonly events: ArchiveEventRecorder;
  readonly sessions: Pick<Sessions, 'get' | 'live' | 'streams'>;
  readonly legOf: LegOfStream;
  readonly packager: Packager;
  readonly format: 'ogg' | 'wav';
  /** The longest recording. */
  readonly maxMs: number;
  /** How long an archive is still told of after its files are gone. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Archives of sessions, as projects ask for them (CONTRACT §1.10): recordings with a name, a file and a state (archive.ts). */
export class Archives implements RecordingWatcher {
  readonly #options: ArchivesOptions;
  readonly #book = new ArchiveBook();
  /** Not known to the recorder yet. */
  readonly #beginning = new Set<string>();
  /** Their applications have had them stopped. */
  readonly #asked = new Set<string>();
  /** Sessions that are archived always and have been, since somebody came. */
  readonly #alwaysDone = new Set<SessionId>();
  #packing: Promise<void> = Promise.resolve();
  /** The last event is committed, and so are those before it. */
  #told: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(options: ArchivesOptions) {
    this.#options = options;
  }

  /** Brings back those of before, after the recordings: what became of these meanwhile is told now. */
  async start(): Promise<void> {
    const records = new Map(this.#options.recordings.list().map(record => [record.id, record]));
    for (const archive of await this.#options.store.all()) {
      this.#book.put(archive);
      this.#reconcile(archive, records.get(archive.id));
    }
    this.#forget();
  }

  /** What is not packed is packed after the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#packing;
  }

  /** Newest first; of one session, or of all. */
  list(project: ProjectId, session?: string): Archive[] {
    return this.#book.list(project, session);
  }

  /** @throws CrosspointError session.archive-unknown, also for another project's */
  get(project: ProjectId, id: string): Archive {
    return this.#book.get(project, id);
  }

  /**
   * Begins to archive a session that somebody is in.
   * @throws CrosspointError session.unknown, session.not-routed, session.no-clients, session.archive-running, and those of the
   *   store and the media
   */
  async begin(project: ProjectId, request: ArchiveRequest): Promise<Archive> {
    const { clock, format, recordings, sessions, store } = this.#options;
    const { connections, session } = sessions.live(project, request.sessionId);
    if (session.mediaMode !== 'routed')
      throw new CrosspointError(
        'session.not-routed',
        'The session is not routed, so nothing of it can be archived here',
      );
    if (connections.size === 0) throw new CrosspointError('session.no-clients', 'Nobody is in the session');
    const archive = newArchive(request, session, clock.now());
    this.#refuseSecond(archive);
    const { id } = archive;
    this.#beginning.add(id);
    try {
      await this.#keep(archive);
      const mode = archive.outputMode === 'composed' ? 'mixed' : 'individual';
      const legs = archive.streamMode === 'manual' ? { legs: [] } : {};
      await recordings.begin({ id, project, session: session.id, mode, format, alone: false, ...legs });
    } catch (error) {
      this.#book.drop(id);
      await store.delete(id).catch(() => undefined);
      throw error;
    } finally {
      this.#beginning.delete(id);
    }
    this.#tell(archive);
    const record = recordings.list(session.id).find(each => each.id === id);
    if (record && isOver(record)) this.ended(record);
    await this.#told;
    return archive;
  }

  /**
   * Ends it; resolves when what was recorded is complete, with `stopped` or `failed`.
   * @throws CrosspointError session.archive-unknown, session.archive-not-running
   */
  async stop(project: ProjectId, id: string): Promise<Archive> {
    this.#book.running(project, id);
    this.#asked.add(id);
    await this.#options.recordings.stop(id);
    await this.#told;
    const archive = this.get(project, id);
    return archive.status === 'available' ? { ...archive, status: 'stopped' } : archive;
  }

  /** Takes it and its files away. @throws CrosspointError session.archive-unknown, session.archive-running */
  async delete(project: ProjectId, id: string): Promise<void> {
    const archive = this.get(project, id);
    if (isRunning(archive) || archive.status === 'stopped')
      throw new CrosspointError('session.archive-running', 'The archive is not complete yet: stop it first');
    this.#book.drop(id);
    const { recordings, store } = this.#options;
    if (recordings.list().some(record => record.id === id)) await recordings.delete(id);
    await store.delete(id);
  }

  /**
   * Adds a stream to an archive in manual mode, or takes one away.
   * @param hasAudio of an added one: without its sound it is as if it were not there
   * @throws CrosspointError session.archive-unknown, session.archive-auto, session.stream-unknown, session.archive-streams
   */
  async setStream(project: ProjectId, id: string, stream: string, hasAudio: boolean): Promise<void> {
    const archive = this.get(project, id);
    if (archive.streamMode !== 'manual')
      throw new CrosspointError('session.archive-auto', 'The streams of the archive are chosen automatically');
    this.#book.running(project, id);
    const there = this.#options.sessions
      .streams(project, archive.sessionId as SessionId)
      .some(each => each.id === stream);
    if (!there && !archive.streams.includes(stream))
      throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
    const others = archive.streams.filter(each => each !== stream);
    if (hasAudio && others.length >= MAX_STREAMS)
      throw new CrosspointError('session.archive-streams', `The archive has its ${MAX_STREAMS} streams already`);
    await this.#keep({ ...archive, streams: hasAudio ? [...others, stream] : others });
    await this.#choose(this.get(project, id));
  }

  /** Sound has none: it is kept. @throws CrosspointError session.archive-unknown */
  async setLayout(project: ProjectId, id: string, layout: ArchiveLayout): Promise<void> {
    await this.#keep({ ...this.get(project, id), layout });
  }

  /** What happens in sessions. */
  sessionEvent({ type, project, session }: SessionEvent): void {
    const { log } = this.#options;
    if (type === 'sessionDestroyed') this.#alwaysDone.delete(session);
    const running = this.#book.runningIn(session);
    for (const archive of running) {
      if (type === 'sessionCreated' && archive.status === 'paused') this.#change(archive.id, { status: 'started' });
      if (type === 'sessionDestroyed' && archive.status === 'started') this.#change(archive.id, { status: 'paused' });
      if (type === 'streamCreated' && archive.streams.length > 0)
        this.#choose(archive).catch(error =>
          log.warn({ archive: archive.id, problem: messageOf(error) }, 'the streams of an archive were not chosen'),
        );
    }
    if (type !== 'streamCreated') return;
    this.#archiveAlways(project, session, running).catch(error =>
      log.error({ session, problem: messageOf(error) }, 'a session that is always archived could not be'),
    );
  }

  ended(record: RecordingRecord): void {
    const archive = this.#book.find(record.id);
    if (archive && isRunning(archive) && !this.#beginning.has(record.id)) this.#settle(archive, record);
  }

  deleted(id: string): void {
    if (this.#book.find(id)) this.#change(id, { status: 'expired', file: null });
    this.#forget();
  }

  /** A session of `archiveMode: always` is archived from its first stream on. */
  async #archiveAlways(project: ProjectId, session: SessionId, running: readonly Archive[]): Promise<void> {
    const { archiveMode, mediaMode } = this.#options.sessions.get(project, session);
    if (archiveMode !== 'always' || mediaMode !== 'routed' || this.#alwaysDone.has(session)) return;
    this.#alwaysDone.add(session);
    if (running.some(({ multiArchiveTag }) => multiArchiveTag === null)) return;
    await this.begin(project, { sessionId: session });
  }

  #refuseSecond({ sessionId, multiArchiveTag }: Archive): void {
    const clashes = this.#book
      .runningIn(sessionId)
      .filter(each => multiArchiveTag === null || each.multiArchiveTag === multiArchiveTag);
    if (clashes.length > 0)
      throw new CrosspointError(
        'session.archive-running',
        'The session is being archived already: another multiArchiveTag is needed for an archive beside that',
      );
  }

  #reconcile(archive: Archive, record: RecordingRecord | undefined): void {
    if (archive.status === 'available' && !record) this.#change(archive.id, { status: 'expired', file: null });
    if (archive.status !== 'stopped' && !isRunning(archive)) return;
    if (record) this.#settle(archive, record);
    else this.#change(archive.id, { status: 'failed', reason: 'the service ended before anything was recorded' });
  }

  #settle(archive: Archive, record: RecordingRecord): void {
    const { id } = archive;
    const { files, ...outcome } = outcomeOf(archive, record, this.#asked.delete(id), this.#options.maxMs);
    // Of one that had stopped before a restart all but its file is known.
    const stopped = archive.status === 'stopped' ? archive : this.#change(id, outcome);
    if (stopped.status === 'failed') return;
    const [only] = files;
    if (archive.outputMode === 'individual')
      this.#packing = this.#packing.then(() => this.#pack(stopped, record, files));
    else if (only) this.#change(id, { status: 'available', file: only.name, bytes: only.bytes ?? 0 });
    else this.#change(id, { status: 'failed', reason: 'nothing was recorded' });
  }

  async #pack(archive: Archive, record: RecordingRecord, files: readonly RecordingFile[]): Promise<void> {
    const { log, packager, recordings } = this.#options;
    const { id } = archive;
    if (this.#closing) return;
    try {
      const bytes = await packager.pack(archive, record, files);
      await recordings.addFile(id, PACKAGE, bytes);
      this.#change(id, { status: 'available', file: PACKAGE, bytes });
    } catch (error) {
      log.error({ archive: id, problem: messageOf(error) }, 'an archive could not be packed');
      this.#change(id, { status: 'failed', reason: `the files could not be packed: ${messageOf(error)}` });
    }
  }

  /** Tells the recorder of the streams as they are now. */
  async #choose({ id, project, sessionId, streams }: Archive): Promise<void> {
    const { legOf, recordings } = this.#options;
    const legs = streams.map(stream => legOf(project as ProjectId, sessionId as SessionId, stream));
    await recordings.choose(
      id,
      legs.filter(leg => leg !== null),
    );
  }

  #forget(): void {
    const { clock, keepMs, log, store } = this.#options;
    for (const { id } of forgotten(this.#book.all(), keepMs, clock.now())) {
      this.#book.drop(id);
      store
        .delete(id)
        .catch(error => log.error({ archive: id, problem: messageOf(error) }, 'an archive was not deleted'));
    }
  }

  /** Its status is another one: everybody is told. */
  #change(id: string, change: Partial<Archive>): Archive {
    const { clock, log } = this.#options;
    const archive = { ...(this.#book.find(id) as Archive), ...change, changedAt: clock.now() };
    this.#keep(archive).catch(error =>
      log.error({ archive: id, problem: messageOf(error) }, 'an archive could not be stored'),
    );
    this.#tell(archive);
    return archive;
  }

  #keep(archive: Archive): Promise<void> {
    this.#book.put(archive);
    return this.#options.store.save(archive);
  }

  #tell(archive: Archive): void {
    const { clock, events, log } = this.#options;
    const project = archive.project as ProjectId;
    const session = archive.sessionId as SessionId;
    const event = { type: 'archiveStatus', time: clock.now(), project, session, archive } as const;
    this.#told = events.record(event).catch(error => {
      log.error({ archive: archive.id, problem: messageOf(error) }, 'an event could not be stored');
    });
  }
}
