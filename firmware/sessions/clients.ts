import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { ConnectionId, SessionId } from '../base/ids.ts';
import type { Project, Projects } from '../config/projects.ts';
import { capabilitiesOf } from './capabilities.ts';
import { Client, clientUnknown } from './client.ts';
import type { Signal } from './notices.ts';
import type { Sessions } from './registry.ts';
import type { LiveStream, Session } from './session.ts';
import { parseSessionId } from './session-id.ts';
import { verifyParticipantToken } from './token.ts';
import { tellAll } from './views.ts';

export { Client, type PublishedStream } from './client.ts';
export type { StreamOwner } from './session.ts';
export type { StreamDescription } from './streams.ts';

export interface ClientsOptions {
  readonly sessions: Sessions;
  readonly projects: Projects;
  readonly clock: Clock;
}

/** 256 bits. */
const KEY_BYTES = 32;

/** The clients of all sessions: who they are, and what moderators and applications do to them. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly #byConnection = new Map<ConnectionId, Client>();
  /** By the digest of its key, so that the time of a look-up says nothing of the key. */
  readonly #byKey = new Map<string, Client>();

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byConnection.size;
  }

  /**
   * Which tenant a session belongs to, for paths that do not say.
   * @throws CrosspointError session.unknown
   */
  projectOf(session: string): Project {
    const project = this.#options.projects.get(parseSessionId(session)?.project as Project['id']);
    if (!project) throw new CrosspointError('session.unknown', 'There is no such session');
    this.#options.sessions.get(project.id, session);
    return project;
  }

  /**
   * A client enters a session with its token; connectionCreated is told.
   *
   * @throws CrosspointError session.unknown, session.full, session.token-…
   */
  enter(project: Project, session: SessionId, token: string): Client {
    const { sessions, clock } = this.#options;
    const live = sessions.live(project.id, session);
    const { role, data, layoutClasses } = verifyParticipantToken(token, project, session, clock.now());
    const { connection: member, recorded } = sessions.connections.enter(live, data, null, layoutClasses);
    const key = randomBytes(KEY_BYTES).toString('base64url');
    const client = new Client(
      { live, member, connections: sessions.connections, streams: sessions.streamBook },
      { role, capabilities: capabilitiesOf(role, project.clientsMayDial ?? false), key, recorded },
    );
    const digest = digestOf(key);
    this.#byConnection.set(client.connection, client);
    this.#byKey.set(digest, client);
    client.onGone(() => {
      this.#byConnection.delete(client.connection);
      this.#byKey.delete(digest);
    });
    return client;
  }

  /**
   * The client that was given that key on its event channel.
   * @throws CrosspointError session.client-unknown
   */
  withKey(session: SessionId, key: string): Client {
    const client = this.#byKey.get(digestOf(key));
    if (client?.session.id !== session || client.gone) throw clientUnknown();
    return client;
  }

  /** Undefined for a phone, and for nobody. */
  withConnection(session: SessionId, connection: string): Client | undefined {
    const client = this.#byConnection.get(connection as ConnectionId);
    return client?.session.id === session && !client.gone ? client : undefined;
  }

  /** Takes a client out of its session; it is told. */
  async forceDisconnect(client: Client): Promise<void> {
    this.#live(client.session).connections.get(client.connection)?.listener?.({ type: 'forceDisconnected' });
    await client.leave('forceDisconnected');
  }

  /**
   * Ends a client's stream.
   * @throws CrosspointError session.stream-unknown, session.stream-of-phone
   */
  async forceUnpublish(session: Session, stream: string): Promise<void> {
    const { streamBook } = this.#options.sessions;
    const live = this.#live(session);
    const published = streamBook.get(live, stream);
    if (published.owner === null)
      throw new CrosspointError(
        'session.stream-of-phone',
        "A phone's stream ends with its call: disconnect or mute it",
      );
    await streamBook.end(live, published, 'forceUnpublished', true);
  }

  /**
   * @param to null: everybody, its sender too. Phones hear of no signal.
   * @throws CrosspointError session.connection-unknown
   */
  signal(session: Session, signal: Signal, to: string | null): void {
    const live = this.#live(session);
    const notice = { type: 'signal', ...signal } as const;
    if (to === null) {
      tellAll(live, notice);
      return;
    }
    const member = live.connections.get(to as ConnectionId);
    if (!member) throw new CrosspointError('session.connection-unknown', 'There is no such connection in the session');
    member.listener?.(notice);
  }

  /** @throws CrosspointError session.stream-unknown */
  stream(session: Session, id: string): LiveStream {
    return this.#options.sessions.streamBook.get(this.#live(session), id);
  }

  /** The box ends: every client is gone. Resolves when that is recorded. */
  async close(): Promise<void> {
    await Promise.all([...this.#byConnection.values()].map(client => client.leave('networkDisconnected')));
  }

  #live({ project, id }: Session) {
    return this.#options.sessions.live(project, id);
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
