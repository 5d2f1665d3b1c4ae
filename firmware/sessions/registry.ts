import type { Clock } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import { type ConnectionId, newId, type ProjectId, type SessionId, type StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { DEVICE_PROJECT } from '../config/projects.ts';
import { Announcer } from './announcer.ts';
import type { ConnectionEndReason, StreamRef } from './events.ts';
import type { SessionEventRecorder, SessionStore } from './ports.ts';
import type { LiveSession, Member, Session, Shelf } from './session.ts';
import { createSessionId } from './session-id.ts';
import type { ArchiveMode, MediaMode, SessionRow } from './session-row.ts';

/** Whose the rooms of the built-in numbers are. */
export const DEVICE = DEVICE_PROJECT;

/** A session younger than this is not dropped for a new one: its creator is about to use it. */
const KEEP_UNUSED_MS = 3_600_000;

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

/** What a new member is told. */
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
 * All sessions of the box, who is in them and what they publish.
 *
 * A session that an application created is kept across restarts; its members are not, as their calls end with the
 * process. The state changes at once; events follow in order through the recorder.
 */
export class Sessions {
  readonly #services: SessionServices;
  readonly #announcer: Announcer;
  readonly #shelves = new Map<ProjectId, Shelf>();
  readonly #rooms = new Map<string, LiveSession>();

  constructor(services: SessionServices) {
    this.#services = services;
    this.#announcer = new Announcer(services.events, services.clock, services.log);
  }

  /** Brings back the sessions of before. */
  async start(): Promise<void> {
    for (const row of await this.#services.store.all()) {
      const session = { ...row, room: null };
      this.#shelf(row.project).set(row.id, {
        session,
        members: new Map(),
        idleSince: row.createdAt,
        mutedExcept: null,
      });
    }
  }

  /**
   * @throws CrosspointError session.too-many, or what the store says
   */
  async create(project: ProjectId, { mediaMode, archiveMode, location }: SessionOptions): Promise<Session> {
    const createdAt = this.#services.clock.now();
    const row: SessionRow = {
      id: createSessionId(project, location, createdAt),
      project,
      mediaMode,
      archiveMode,
      createdAt,
    };
    const shelf = this.#shelf(project);
    const replaced = this.#makeRoom(shelf);
    const live: LiveSession = {
      session: { ...row, room: null },
      members: new Map(),
      idleSince: createdAt,
      mutedExcept: null,
    };
    // It takes its place before the store answers, so that a burst of requests cannot pass the limit.
    shelf.set(row.id, live);
    try {
      await this.#services.store.save(row);
    } catch (error) {
      shelf.delete(row.id);
      if (replaced) shelf.set(replaced.session.id, replaced);
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
    return this.#live(project, id).session;
  }

  /**
   * Whoever's session that is, for the operator, with how many are in it.
   * @throws CrosspointError session.unknown
   */
  anybodys(id: string): { readonly session: Session; readonly connections: number } {
    for (const shelf of this.#shelves.values()) {
      const live = shelf.get(id as SessionId);
      if (live) return { session: live.session, connections: live.members.size };
    }
    throw new CrosspointError('session.unknown', 'There is no such session');
  }

  /** The stream of somebody in a session; null for one who has left. */
  streamOf(project: ProjectId, id: SessionId, connection: ConnectionId): StreamRef | null {
    return this.#find(project, id)?.members.get(connection)?.stream ?? null;
  }

  /** Whether somebody is in a session. */
  hasConnection(project: ProjectId, id: SessionId, connection: string): boolean {
    return this.#live(project, id).members.has(connection as ConnectionId);
  }

  /** The streams that can be heard in a session, oldest first. */
  streams(project: ProjectId, id: SessionId): readonly StreamRef[] {
    return this.#publishers(project, id).map(({ stream }) => stream);
  }

  /**
   * Who publishes a stream.
   * @throws CrosspointError session.unknown, session.stream-unknown
   */
  publisherOf(project: ProjectId, id: SessionId, stream: string): ConnectionId {
    const publisher = this.#publishers(project, id).find(member => member.stream.id === stream);
    if (!publisher) throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
    return publisher.connection.id;
  }

  /**
   * Mutes a session: whoever begins to publish is muted too, until endMute.
   *
   * @param except ids of streams
   * @returns who publishes already and is not excepted
   */
  muteAll(project: ProjectId, id: SessionId, except: ReadonlySet<string>): ConnectionId[] {
    this.#live(project, id).mutedExcept = except;
    return this.#publishers(project, id)
      .filter(({ stream }) => !except.has(stream.id))
      .map(({ connection }) => connection.id);
  }

  /** Nobody who comes later is muted; whoever is stays so. */
  endMute(project: ProjectId, id: SessionId): void {
    this.#live(project, id).mutedExcept = null;
  }

  startsMuted(project: ProjectId, id: SessionId, connection: ConnectionId): boolean {
    const live = this.#find(project, id);
    const member = live?.members.get(connection);
    return !!member && !!live?.mutedExcept && !live.mutedExcept.has(member.stream.id);
  }

  /**
   * Enters a session as a connection; its stream is heard of once it is published.
   *
   * @param data the token's connection_data
   * @throws CrosspointError session.unknown, session.full
   */
  join(project: ProjectId, id: SessionId, data: string): Joined {
    return this.#enter(this.#live(project, id), data);
  }

  /**
   * Enters the session of that name, which begins with its first member and ends with its last.
   *
   * @throws CrosspointError session.full, session.too-many
   */
  joinRoom(name: string): Joined {
    return this.#enter(this.#rooms.get(name) ?? this.#openRoom(name), '');
  }

  /** The member's stream can be heard from now on. Without effect for somebody who has left, or publishes already. */
  publish(project: ProjectId, id: SessionId, connection: ConnectionId): void {
    const live = this.#find(project, id);
    const member = live?.members.get(connection);
    if (!live || !member || member.published) return;
    member.published = true;
    this.#announcer.published(live.session, member);
  }

  /**
   * A member leaves. Without effect for somebody who has left already.
   * @returns resolves when the events are committed; never rejects
   */
  async leave(project: ProjectId, id: SessionId, connection: ConnectionId, reason: ConnectionEndReason): Promise<void> {
    const live = this.#find(project, id);
    const member = live?.members.get(connection);
    if (!live || !member) return;
    live.members.delete(connection);
    const wasLast = live.members.size === 0;
    const told = this.#announcer.left(live.session, member, reason, wasLast);
    if (wasLast) this.#rest(live);
    await told;
  }

  /** How many sessions are kept and how many members are in them. */
  count(): { sessions: number; connections: number } {
    const all = [...this.#shelves.values()].flatMap(shelf => [...shelf.values()]);
    return { sessions: all.length, connections: all.reduce((sum, { members }) => sum + members.size, 0) };
  }

  #publishers(project: ProjectId, id: SessionId): Member[] {
    return [...this.#live(project, id).members.values()].filter(({ published }) => published);
  }

  #enter(live: LiveSession, data: string): Joined {
    const { clock, limits } = this.#services;
    if (live.members.size >= limits.connectionsPerSession) throw full(limits.connectionsPerSession);
    const createdAt = clock.now();
    const connection = { id: newId<ConnectionId>(), createdAt, data };
    const stream = { id: newId<StreamId>(), createdAt, name: '' };
    const member: Member = { connection, stream, published: false };
    const isFirst = live.members.size === 0;
    live.members.set(connection.id, member);
    const recorded = this.#announcer.arrived(live.session, member, isFirst);
    return { session: live.session.id, connectionId: connection.id, streamId: stream.id, createdAt, recorded };
  }

  /** The last member has gone: a room ends, a session becomes the one used last of its shelf. */
  #rest(live: LiveSession): void {
    const { project, id, room } = live.session;
    const shelf = this.#shelf(project);
    shelf.delete(id);
    if (room !== null) {
      this.#rooms.delete(room);
      return;
    }
    live.idleSince = this.#services.clock.now();
    shelf.set(id, live);
  }

  #openRoom(name: string): LiveSession {
    const { clock, limits } = this.#services;
    const shelf = this.#shelf(DEVICE);
    if (shelf.size >= limits.sessionsPerProject) throw tooMany(limits.sessionsPerProject);
    const createdAt = clock.now();
    const id = createSessionId(DEVICE, '', createdAt);
    const session: Session = { id, project: DEVICE, mediaMode: 'routed', archiveMode: 'manual', createdAt, room: name };
    const live: LiveSession = { session, members: new Map(), idleSince: createdAt, mutedExcept: null };
    shelf.set(id, live);
    this.#rooms.set(name, live);
    return live;
  }

  /** Takes the session that was unused longest off a full shelf. */
  #makeRoom(shelf: Shelf): LiveSession | undefined {
    const { clock, limits } = this.#services;
    if (shelf.size < limits.sessionsPerProject) return undefined;
    const unusedBefore = clock.now() - KEEP_UNUSED_MS;
    for (const live of shelf.values()) {
      if (live.members.size > 0) continue;
      if (live.idleSince > unusedBefore) break;
      shelf.delete(live.session.id);
      return live;
    }
    throw tooMany(limits.sessionsPerProject);
  }

  #forget({ session }: LiveSession): void {
    this.#services.store
      .delete(session.id)
      .catch(error => this.#services.log.error({ problem: messageOf(error) }, 'an old session could not be deleted'));
  }

  #shelf(project: ProjectId): Shelf {
    const shelf: Shelf = this.#shelves.get(project) ?? new Map();
    this.#shelves.set(project, shelf);
    return shelf;
  }

  #find(project: ProjectId, id: string): LiveSession | undefined {
    return this.#shelves.get(project)?.get(id as SessionId);
  }

  #live(project: ProjectId, id: string): LiveSession {
    const live = this.#find(project, id);
    if (!live) throw new CrosspointError('session.unknown', 'There is no such session');
    return live;
  }
}

function tooMany(limit: number): CrosspointError {
  return new CrosspointError('session.too-many', `The project has its ${limit} sessions already`, { retriable: true });
}

function full(limit: number): CrosspointError {
  return new CrosspointError('session.full', `The session has its ${limit} connections already`, { retriable: true });
}
