import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { ConnectionId, ProjectId, SessionId, StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { DEVICE_PROJECT } from '../config/projects.ts';
import { Announcer } from './announcer.ts';
import { AnybodysSessions } from './anybodys-sessions.ts';
import { Connections } from './connections.ts';
import type { ConnectionEndReason } from './events.ts';
import type { PhoneState, PressedKey, StreamView } from './notices.ts';
import type { SessionEventRecorder, SessionStore } from './ports.ts';
import type { LiveConnection, LiveSession, Session } from './session.ts';
import { createSessionId } from './session-id.ts';
import type { ArchiveMode, MediaMode, SessionRow } from './session-row.ts';
import { Shelves } from './shelves.ts';
import { Streams } from './streams.ts';
import { streamsOf, streamView, tellAll } from './views.ts';

/** Whose the rooms of the built-in numbers are. */
export const DEVICE = DEVICE_PROJECT;

export interface SessionLimits {
  readonly sessionsPerProject: number;
  readonly connectionsPerSession: number;
}

export interface SessionServices {
  readonly store: SessionStore;
  readonly events: SessionEventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: SessionLimits;
}

export interface SessionOptions {
  readonly mediaMode: MediaMode;
  readonly archiveMode: ArchiveMode;
  /** An IPv4 address, or empty. */
  readonly location: string;
}

/** What the call of a phone that has entered is told. */
export interface Joined {
  readonly session: SessionId;
  readonly connectionId: ConnectionId;
  readonly streamId: StreamId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Resolves when the events are committed; an answer that tells of the connection waits for it. May be ignored. */
  readonly recorded: Promise<void>;
}

/**
 * All sessions of the box, who is in them and what they publish; phones come and go by this class, clients by Clients.
 *
 * A session that an application created is kept across restarts; its connections are not, as their calls end with the
 * process. The state changes at once; events follow in order through the recorder.
 */
export class Sessions {
  readonly connections: Connections;
  readonly streamBook: Streams;
  readonly anybodysBook: AnybodysSessions;
  readonly #services: SessionServices;
  readonly #shelves: Shelves;
  readonly #rooms = new Map<string, LiveSession>();

  constructor(services: SessionServices) {
    const { events, clock, log, limits } = services;
    this.#services = services;
    this.#shelves = new Shelves(clock, limits.sessionsPerProject);
    this.anybodysBook = new AnybodysSessions(this.#shelves, live => this.#forget(live));
    const announcer = new Announcer(events, clock, log);
    const { connectionsPerSession } = limits;
    this.connections = new Connections({
      announcer,
      clock,
      connectionsPerSession,
      emptied: live => this.#rest(live),
    });
    this.streamBook = new Streams(announcer, clock);
  }

  /** Brings back the sessions of before. */
  async start(): Promise<void> {
    for (const { muted, ...row } of await this.#services.store.all()) {
      const live = this.#shelves.add({ ...row, room: null });
      if (muted) live.mutedExcept = new Set();
    }
  }

  /**
   * @throws CrosspointError session.too-many, or what the store says
   */
  async create(project: ProjectId, { mediaMode, archiveMode, location }: SessionOptions): Promise<Session> {
    const { clock, store } = this.#services;
    const createdAt = clock.now();
    const id = createSessionId(project, location, createdAt);
    const row: SessionRow = { id, project, mediaMode, archiveMode, createdAt };
    const replaced = this.#shelves.makeRoom(project);
    // It takes its place before the store answers, so that a burst of requests cannot pass the limit.
    const live = this.#shelves.add({ ...row, room: null });
    try {
      await store.save({ ...row, muted: false });
    } catch (error) {
      this.#shelves.remove(live);
      if (replaced) this.#shelves.put(replaced);
      throw error;
    }
    if (replaced) this.#forget(replaced);
    return live.session;
  }

  /**
   * A session that the project may see.
   * @throws CrosspointError session.unknown, also for another project's
   */
  get(project: ProjectId, id: string): Session {
    return this.live(project, id).session;
  }

  /** The same with who is in it, for Clients. @throws CrosspointError session.unknown */
  live(project: ProjectId, id: string): LiveSession {
    return this.#shelves.get(project, id);
  }

  /**
   * Whoever's session that is, for the operator, with how many are in it.
   * @throws CrosspointError session.unknown
   */
  anybodys(id: string): { readonly session: Session; readonly connections: number } {
    const live = this.anybodysBook.live(id);
    return { session: live.session, connections: live.connections.size };
  }

  /** The stream of a phone in a session; null for one who has left, and for a client. */
  streamOf(project: ProjectId, id: SessionId, connection: ConnectionId): { readonly id: StreamId } | null {
    const phone = this.#find(project, id, connection)?.member.phone;
    return phone ? { id: phone.stream } : null;
  }

  /** Whether somebody is in a session. */
  hasConnection(project: ProjectId, id: SessionId, connection: string): boolean {
    return this.live(project, id).connections.has(connection as ConnectionId);
  }

  /** The streams that can be heard in a session, those of who came first first. */
  streams(project: ProjectId, id: SessionId): readonly StreamView[] {
    return streamsOf(this.live(project, id)).map(streamView);
  }

  /**
   * Mutes a stream by force, when it is a client's.
   * @returns whose it is: a phone's call mutes itself
   * @throws CrosspointError session.unknown, session.stream-unknown
   */
  muteStream(project: ProjectId, id: SessionId, stream: string): ConnectionId {
    const live = this.live(project, id);
    const published = this.streamBook.get(live, stream);
    this.streamBook.forceMute(live, published);
    return published.connectionId;
  }

  /**
   * Mutes a session: whoever begins to publish is muted too, until endMute.
   *
   * @param except ids of streams
   * @returns who publishes already and is not excepted: the phones of them mute themselves
   */
  muteAll(project: ProjectId, id: SessionId, except: ReadonlySet<string>): ConnectionId[] {
    const live = this.live(project, id);
    this.streamBook.muteAll(live, except);
    this.#keep(live);
    return streamsOf(live)
      .filter(stream => !except.has(stream.id))
      .map(({ connectionId }) => connectionId);
  }

  /** Nobody who comes later is muted; whoever is stays so. */
  endMute(project: ProjectId, id: SessionId): void {
    const live = this.live(project, id);
    this.streamBook.endMute(live);
    this.#keep(live);
  }

  /** Whether the call of a phone is to begin muted. */
  startsMuted(project: ProjectId, id: SessionId, connection: ConnectionId): boolean {
    const { live, member } = this.#find(project, id, connection) ?? {};
    return !!member?.phone && !!live?.mutedExcept && !live.mutedExcept.has(member.phone.stream);
  }

  /**
   * A phone enters a session; its stream is heard of once it is published.
   *
   * @param data the token's connection_data
   * @param number who it is, as the members of the session see it
   * @param layoutClasses what its stream is called in layouts at first
   * @throws CrosspointError session.unknown, session.full
   */
  join(project: ProjectId, id: SessionId, data: string, number = '', layoutClasses: readonly string[] = []): Joined {
    return this.#enter(this.live(project, id), data, number, layoutClasses);
  }

  /**
   * Enters the session of that name, which begins with its first member and ends with its last.
   *
   * @throws CrosspointError session.full, session.too-many
   */
  joinRoom(name: string, number = '', project: ProjectId = DEVICE): Joined {
    const live = this.#rooms.get(roomKey(project, name)) ?? this.#openRoom(project, name);
    return this.#enter(live, '', number, []);
  }

  /** The session of that name, while somebody is in it. */
  room(project: ProjectId, name: string): Session | null {
    return this.#rooms.get(roomKey(project, name))?.session ?? null;
  }

  /** Whether there is such a session of the project's. */
  has(project: ProjectId, id: string): boolean {
    return this.#shelves.find(project, id) !== undefined;
  }

  /** The phone can be heard from now on. Without effect for one that has left, or publishes already. */
  publish(project: ProjectId, id: SessionId, connection: ConnectionId): void {
    const { live, member } = this.#find(project, id, connection) ?? {};
    if (live && member) this.streamBook.publishPhone(live, member);
  }

  /** What becomes of a phone's call, for the other members. Without effect for one that has left. */
  phoneMoved(project: ProjectId, id: SessionId, connection: ConnectionId, state: PhoneState): void {
    const { live, member } = this.#find(project, id, connection) ?? {};
    if (live && member) this.connections.phoneMoved(live, member, state);
  }

  /** The phone's far end has pressed a key: everybody is told. */
  phonePressed(project: ProjectId, id: SessionId, connection: ConnectionId, key: PressedKey): void {
    const { live, member } = this.#find(project, id, connection) ?? {};
    if (live && member) tellAll(live, { type: 'digit', connectionId: member.ref.id, ...key });
  }

  /** Nobody hears the phone any more, or everybody does again. */
  phoneMuted(project: ProjectId, id: SessionId, connection: ConnectionId, muted: boolean): void {
    const { live, member } = this.#find(project, id, connection) ?? {};
    const stream = member?.phone && member.streams.get(member.phone.stream);
    if (live && stream) this.streamBook.change(live, stream, { muted });
  }

  /**
   * A phone leaves. Without effect for one that has left already.
   * @returns resolves when the events are committed; never rejects
   */
  async leave(project: ProjectId, id: SessionId, connection: ConnectionId, reason: ConnectionEndReason): Promise<void> {
    const { live, member } = this.#find(project, id, connection) ?? {};
    if (live && member) await this.connections.leave(live, member, reason);
  }

  /** How many sessions are kept and how many connections are in them. */
  count(): { sessions: number; connections: number } {
    const all = this.#shelves.all();
    return { sessions: all.length, connections: all.reduce((sum, { connections }) => sum + connections.size, 0) };
  }

  #enter(live: LiveSession, data: string, number: string, layoutClasses: readonly string[]): Joined {
    const { connection, recorded } = this.connections.enter(live, data, number, layoutClasses);
    const { id: connectionId, createdAt } = connection.ref;
    const streamId = connection.phone?.stream as StreamId;
    return { session: live.session.id, connectionId, streamId, createdAt, recorded };
  }

  /** The last connection has gone: a room ends, a session becomes the one used last of its shelf. */
  #rest(live: LiveSession): void {
    const { room, project } = live.session;
    if (room !== null) {
      this.#shelves.remove(live);
      this.#rooms.delete(roomKey(project, room));
      return;
    }
    live.idleSince = this.#services.clock.now();
    this.#shelves.put(live);
  }

  #openRoom(project: ProjectId, name: string): LiveSession {
    const replaced = this.#shelves.makeRoom(project);
    if (replaced) this.#forget(replaced);
    const createdAt = this.#services.clock.now();
    const id = createSessionId(project, '', createdAt);
    const live = this.#shelves.add({
      id,
      project,
      mediaMode: 'routed',
      archiveMode: 'manual',
      createdAt,
      room: name,
    });
    this.#rooms.set(roomKey(project, name), live);
    return live;
  }

  /** That it is muted, or is no more, outlives the process. */
  #keep({ session: { room, ...row }, mutedExcept }: LiveSession): void {
    if (room !== null) return;
    this.#services.store
      .save({ ...row, muted: mutedExcept !== null })
      .catch(error =>
        this.#services.log.error({ problem: messageOf(error) }, 'the mute of a session could not be kept'),
      );
  }

  #forget({ session }: LiveSession): void {
    this.#services.store
      .delete(session.id)
      .catch(error => this.#services.log.error({ problem: messageOf(error) }, 'an old session could not be deleted'));
  }

  #find(
    project: ProjectId,
    id: string,
    connection: ConnectionId,
  ): { readonly live: LiveSession; readonly member: LiveConnection } | undefined {
    const live = this.#shelves.find(project, id);
    const member = live?.connections.get(connection);
    return live && member && { live, member };
  }
}

/** No project's id holds a blank. */
function roomKey(project: ProjectId, name: string): string {
  return `${project} ${name}`;
}
