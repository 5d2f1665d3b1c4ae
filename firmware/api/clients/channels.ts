import type { Clock } from '../../base/clock.ts';
import { isCrosspointError } from '../../base/errors.ts';
import type { ConnectionId, SessionId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Client } from '../../sessions/client.ts';
import type { Clients } from '../../sessions/clients.ts';
import { Refusals } from '../refusals.ts';
import { Channel, type ChannelServices, type ChannelSocket } from './channel.ts';
import { type CloseCode, closeCodes } from './close-codes.ts';
import type { Connect } from './messages.ts';
import { readConnect } from './read-message.ts';

/** Within this a client says who it is. */
export const CONNECT_MS = 5_000;
/** WebSockets whose client has not said it yet. */
export const MAX_UNKNOWN = 100;
/** Of the whole box. */
const MAX_CHANNELS = 4_000;

export interface ChannelsOptions extends ChannelServices {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the WebSocket layer tells of one WebSocket. */
export interface SocketEvents {
  message(text: string): void;
  /** @param forGood its client closed it to leave */
  closed(forGood: boolean): void;
}

/** The event channels of the box: lets clients in, brings back those that broke. */
export class Channels {
  readonly #options: ChannelsOptions;
  readonly #byConnection = new Map<ConnectionId, Channel>();
  readonly #refusals: Refusals;
  #unknown = 0;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options.clock, options.log, 'event channels were not let in');
  }

  get size(): number {
    return this.#byConnection.size;
  }

  /** A WebSocket has been opened for that session; who it is comes with its first message. */
  opened(session: string, socket: ChannelSocket): SocketEvents {
    if (this.#unknown >= MAX_UNKNOWN) {
      this.#refuse(socket, closeCodes.tryLater, 'too many clients that have not said who they are');
      return { message: () => {}, closed: () => {} };
    }
    return new Visitor(this, session, socket);
  }

  /** For its Visitor. */
  get clock(): Clock {
    return this.#options.clock;
  }

  visitors(change: 1 | -1): void {
    this.#unknown += change;
  }

  /** @returns the channel that has taken the WebSocket; null when it was refused, and is closed */
  async connect(session: string, socket: ChannelSocket, text: string, isOpen: () => boolean): Promise<Channel | null> {
    const connect = readConnect(text);
    if (!connect) return this.#refuse(socket, closeCodes.unauthorized, 'the first message is no connect');
    return connect.resume
      ? this.#resume(session, socket, connect.resume)
      : this.#enter(session, socket, connect, isOpen);
  }

  late(socket: ChannelSocket): void {
    this.#refuse(socket, closeCodes.unauthorized, 'no connect came in time');
  }

  close(): void {
    this.#refusals.close();
  }

  #resume(session: string, socket: ChannelSocket, { key, last }: NonNullable<Connect['resume']>): Channel | null {
    const channel = this.#withKey(session, key);
    if (channel?.resume(socket, last)) return channel;
    return this.#refuse(socket, closeCodes.tooLate, 'too late to resume');
  }

  /** The key is the credential: the token it came in with may have expired since. */
  #withKey(session: string, key: string): Channel | undefined {
    try {
      return this.#byConnection.get(this.#options.clients.withKey(session as SessionId, key).connection);
    } catch {
      return undefined;
    }
  }

  async #enter(
    session: string,
    socket: ChannelSocket,
    { token }: Connect,
    isOpen: () => boolean,
  ): Promise<Channel | null> {
    if (this.#byConnection.size >= MAX_CHANNELS)
      return this.#refuse(socket, closeCodes.tryLater, 'the box has too many clients');
    const { clients } = this.#options;
    let client: Client;
    try {
      client = clients.enter(clients.projectOf(session), session as SessionId, token);
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      const code = error.retriable ? closeCodes.tryLater : closeCodes.unauthorized;
      return this.#refuse(socket, code, error.message);
    }
    const channel = new Channel(client, this.#options);
    this.#byConnection.set(client.connection, channel);
    client.onGone(() => this.#byConnection.delete(client.connection));
    try {
      await client.recorded;
    } catch {
      await client.leave('networkDisconnected');
      return this.#refuse(socket, closeCodes.tryLater, 'the box cannot store who comes');
    }
    if (isOpen()) channel.open(socket);
    else await client.leave('networkDisconnected');
    return channel;
  }

  #refuse(socket: ChannelSocket, code: CloseCode, why: string): null {
    this.#refusals.count(why);
    socket.close(code, why);
    return null;
  }
}

/** A WebSocket from its first moment on. */
class Visitor implements SocketEvents {
  readonly #channels: Channels;
  readonly #session: string;
  readonly #socket: ChannelSocket;
  readonly #limit;
  #state: 'unknown' | 'entering' | 'known' | 'closed' = 'unknown';
  #channel: Channel | null = null;
  /** What a client sent behind its connect, while that was written down. */
  readonly #early: string[] = [];

  constructor(channels: Channels, session: string, socket: ChannelSocket) {
    this.#channels = channels;
    this.#session = session;
    this.#socket = socket;
    channels.visitors(1);
    this.#limit = channels.clock.after(CONNECT_MS, () => {
      this.#noLongerUnknown('closed');
      channels.late(socket);
    });
  }

  message(text: string): void {
    switch (this.#state) {
      case 'unknown':
        void this.#connect(text);
        return;
      case 'entering':
        if (this.#early.length < MAX_EARLY) this.#early.push(text);
        else this.#socket.close(closeCodes.tooMuch, 'more messages than a client may send');
        return;
      case 'known':
        this.#channel?.take(this.#socket, text);
        return;
      case 'closed':
        return;
    }
  }

  closed(forGood: boolean): void {
    if (this.#state === 'unknown') this.#noLongerUnknown('closed');
    this.#state = 'closed';
    this.#channel?.closed(this.#socket, forGood);
  }

  async #connect(text: string): Promise<void> {
    this.#noLongerUnknown('entering');
    const isOpen = () => this.#state !== 'closed';
    const channel = await this.#channels.connect(this.#session, this.#socket, text, isOpen);
    if (!isOpen()) {
      channel?.closed(this.#socket, false);
      return;
    }
    this.#channel = channel;
    this.#state = channel ? 'known' : 'closed';
    for (const early of this.#early.splice(0)) channel?.take(this.#socket, early);
  }

  #noLongerUnknown(state: 'entering' | 'closed'): void {
    this.#limit.stop();
    this.#state = state;
    this.#channels.visitors(-1);
  }
}

const MAX_EARLY = 100;
