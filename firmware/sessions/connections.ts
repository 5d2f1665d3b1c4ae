import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import { type ConnectionId, newId, type StreamId } from '../base/ids.ts';
import type { Announcer } from './announcer.ts';
import type { ConnectionEndReason } from './events.ts';
import type { Notice, PhoneState } from './notices.ts';
import type { LiveConnection, LiveSession } from './session.ts';
import { connectionView, tellAll } from './views.ts';

export interface Entered {
  readonly connection: LiveConnection;
  /** Resolves when the events are committed; an answer that tells of the connection waits for it. May be ignored. */
  readonly recorded: Promise<void>;
}

export interface ConnectionServices {
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly connectionsPerSession: number;
  /** The last one has left that session. */
  readonly emptied: (live: LiveSession) => void;
}

/** Who comes and goes. */
export class Connections {
  readonly #services: ConnectionServices;

  constructor(services: ConnectionServices) {
    this.#services = services;
  }

  /**
   * @param data the token's connection_data
   * @param phoneNumber null of a client
   * @param layoutClasses what its streams are called in layouts at first
   * @throws CrosspointError session.full
   */
  enter(live: LiveSession, data: string, phoneNumber: string | null, layoutClasses: readonly string[] = []): Entered {
    const { announcer, clock, connectionsPerSession: limit } = this.#services;
    if (live.connections.size >= limit)
      throw new CrosspointError('session.full', `The session has its ${limit} connections already`, {
        retriable: true,
      });
    const connection: LiveConnection = {
      ref: { id: newId<ConnectionId>(), createdAt: clock.now(), data },
      phone: phoneNumber === null ? null : { number: phoneNumber, state: 'dialing', stream: newId<StreamId>() },
      layoutClasses,
      streams: new Map(),
      listener: null,
    };
    const isFirst = live.connections.size === 0;
    live.connections.set(connection.ref.id, connection);
    return { connection, recorded: announcer.arrived(live, connection, isFirst) };
  }

  /**
   * Without effect for somebody who has left already.
   * @returns resolves when the events are committed; never rejects
   */
  async leave(live: LiveSession, connection: LiveConnection, reason: ConnectionEndReason): Promise<void> {
    const { announcer, emptied } = this.#services;
    if (!live.connections.delete(connection.ref.id)) return;
    connection.listener = null;
    const streams = [...connection.streams.values()];
    connection.streams.clear();
    const unpublished = streams.map(stream => announcer.unpublished(live, connection, stream, reason));
    const wasLast = live.connections.size === 0;
    const left = announcer.left(live, connection, reason, wasLast);
    if (wasLast) emptied(live);
    for (const { owner } of streams) owner?.ended(reason);
    await Promise.allSettled([...unpublished, left]);
  }

  /** From now on it hears of everything that happens in the session, until it leaves; without effect once it has. */
  listen(live: LiveSession, connection: ConnectionId, listener: (notice: Notice) => void): void {
    const member = live.connections.get(connection);
    if (member) member.listener = listener;
  }

  /** A phone rings, was answered, is held. */
  phoneMoved(live: LiveSession, connection: LiveConnection, state: PhoneState): void {
    const { phone } = connection;
    if (!phone || phone.state === state) return;
    phone.state = state;
    tellAll(live, { type: 'connectionChanged', connection: connectionView(connection) });
  }
}
