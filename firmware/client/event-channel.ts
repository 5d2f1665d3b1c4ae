import { backOffMs } from './back-off.ts';
import { OTError } from './ot-error.ts';
import { PendingRequests } from './pending-requests.ts';
import { notConnected, type Tried } from './refusal.ts';
import type { Timers } from './timers.ts';
import {
  type BoxMessage,
  type Connected,
  closeCodes,
  type DisconnectReason,
  type Notice,
  type Reply,
  type Request,
} from './wire.ts';

const OPEN_MS = 10_000;
/** The box takes a channel for broken after 30 s of silence; so do we. */
const PING_MS = 10_000;
const SILENT_PINGS = 3;
/** A round trip or two, and a lost packet. */
const PROBE_MS = 5_000;

/** What of a WebSocket is used. */
export interface ChannelSocket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

export interface ChannelListener {
  connected(message: Connected): void;
  notice(notice: Notice): void;
  reconnecting(): void;
  reconnected(): void;
  /** For good. */
  ended(reason: DisconnectReason): void;
}

export interface ChannelOptions {
  readonly token: string;
  readonly openSocket: () => ChannelSocket;
  readonly timers: Timers;
  readonly listener: ChannelListener;
}

/**
 * The event channel of one connection (docs/webrtc.md), over as many WebSockets as it takes.
 *
 *     new ── connect ──▶ opening ── connected ──▶ open ◀── resumed ── broken
 *                           │                      │  └── closed ──▶   │
 *                           ▼                      ▼                   ▼
 *                         ended ◀──────── leave, 4403 … ◀──── too late, 4410
 */
export class EventChannel {
  readonly #options: ChannelOptions;
  readonly #requests: PendingRequests;
  #state: 'new' | 'opening' | 'open' | 'broken' | 'ended' = 'new';
  #socket: ChannelSocket | null = null;
  #key = '';
  #resumeMs = 0;
  /** Number of the last message of the box. */
  #last = 0;
  #attempts = 0;
  #unheardPings = 0;
  #stopTimer = () => {};
  #stopDeadline = () => {};
  #settleConnect: { resolve: () => void; reject: (error: OTError) => void } | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#requests = new PendingRequests(options.timers);
  }

  /** A secret: ties streams to this connection. */
  get key(): string {
    return this.#key;
  }

  /** Rejects with OT_AUTHENTICATION_ERROR, OT_CONNECT_FAILED, OT_CONNECTION_LIMIT_EXCEEDED, OT_TIMEOUT. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settleConnect = { resolve, reject };
      this.#state = 'opening';
      this.#open();
    });
  }

  /** While the channel is broken, it waits. */
  request(request: Request, tried: Tried): Promise<Reply> {
    if (this.#state !== 'open' && this.#state !== 'broken') return Promise.reject(notConnected(tried));
    return this.#requests.add(request, tried, text => {
      if (this.#state === 'open') this.#socket?.send(text);
    });
  }

  /** The page leaves. */
  leave(): void {
    this.#end('clientDisconnected', new OTError('OT_NOT_CONNECTED', 'The session was disconnected'));
  }

  #open(): void {
    const socket = this.#options.openSocket();
    this.#socket = socket;
    socket.onopen = () => {
      const { token } = this.#options;
      const resume = this.#key === '' ? {} : { resume: { key: this.#key, last: this.#last } };
      socket.send(JSON.stringify({ type: 'connect', token, ...resume }));
    };
    socket.onmessage = ({ data }) => this.#take(socket, data);
    socket.onclose = ({ code, reason }) => this.#closed(socket, code, reason);
    this.#wait(OPEN_MS, () => this.#closed(socket, 1006, 'the box does not answer'));
  }

  #take(socket: ChannelSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    const message = read(data);
    // Messages of a connection have no gap: whatever else this is, the box can tell it again.
    if (!message || message.n !== this.#last + 1) {
      this.#closed(socket, 1006, 'a message is missing');
      return;
    }
    this.#last = message.n;
    this.#unheardPings = 0;
    switch (message.type) {
      case 'connected':
        this.#connected(message);
        return;
      case 'resumed':
        this.#resumed();
        return;
      case 'reply':
        this.#requests.settle(message);
        return;
      case 'forceDisconnected':
        this.#end('forceDisconnected', new OTError('OT_DISCONNECTED', 'A moderator has ended this connection'));
        return;
      default:
        this.#options.listener.notice(message);
        return;
    }
  }

  #connected(message: Connected): void {
    this.#key = message.key;
    this.#resumeMs = message.resumeSeconds * 1000;
    this.#state = 'open';
    this.#ping();
    this.#options.listener.connected(message);
    this.#settleConnect?.resolve();
    this.#settleConnect = null;
  }

  #resumed(): void {
    this.#state = 'open';
    this.#attempts = 0;
    this.#stopDeadline();
    this.#ping();
    for (const text of this.#requests.texts()) this.#socket?.send(text);
    this.#options.listener.reconnected();
  }

  /** The network under it has come back, or is another one by now: no need to wait until that shows. */
  networkChanged(): void {
    if (this.#state === 'broken' && this.#socket === null) this.#open();
    if (this.#state === 'open') this.#probe();
  }

  /** A socket of a network that is gone says nothing of it: it must be heard soon, or is not believed in. */
  #probe(): void {
    this.#unheardPings = 1;
    this.#wait(PROBE_MS, () => {
      if (this.#unheardPings > 0 && this.#socket) this.#closed(this.#socket, 1006, 'silence');
      else this.#ping();
    });
    this.request({ type: 'ping' }, 'ping').catch(() => {});
  }

  #ping(): void {
    this.#wait(PING_MS, () => {
      this.#unheardPings += 1;
      if (this.#unheardPings > SILENT_PINGS && this.#socket) return this.#closed(this.#socket, 1006, 'silence');
      this.request({ type: 'ping' }, 'ping').catch(() => {});
      this.#ping();
    });
  }

  #closed(socket: ChannelSocket, code: number, why: string): void {
    if (socket !== this.#socket) return;
    this.#drop();
    switch (this.#state) {
      case 'opening':
        this.#end('networkDisconnected', connectError(code, why));
        return;
      case 'open':
      case 'broken':
        this.#broke(code, why);
        return;
      default:
    }
  }

  #broke(code: number, why: string): void {
    if (code === closeCodes.forced) {
      this.#end('forceDisconnected', gone('A moderator has ended this connection'));
      return;
    }
    if (code === closeCodes.tooLate || code === closeCodes.unauthorized || code === closeCodes.replaced) {
      this.#end('networkDisconnected', gone(why || 'The connection could not be resumed'));
      return;
    }
    if (this.#state === 'open') {
      this.#state = 'broken';
      this.#attempts = 0;
      this.#stopDeadline = this.#options.timers.after(this.#resumeMs, () =>
        this.#end('networkDisconnected', gone('The box could not be reached again in time')),
      );
      this.#options.listener.reconnecting();
      // A listener may have left.
      if (this.#state !== 'broken') return;
    }
    this.#wait(backOffMs(this.#attempts++, this.#options.timers.random()), () => this.#open());
  }

  #end(reason: DisconnectReason, error: OTError): void {
    const state = this.#state;
    if (state === 'ended') return;
    this.#state = 'ended';
    this.#stopDeadline();
    if (state === 'open' && reason === 'clientDisconnected') this.#socket?.send('{"type":"disconnect","id":0}');
    this.#drop();
    this.#requests.rejectAll(error);
    this.#settleConnect?.reject(error);
    this.#settleConnect = null;
    if (state === 'open' || state === 'broken') this.#options.listener.ended(reason);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#stopTimer();
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(this.#state === 'ended' ? closeCodes.normal : undefined);
  }

  #wait(delayMs: number, run: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.#options.timers.after(delayMs, run);
  }
}

function read(data: unknown): BoxMessage | null {
  try {
    const message = JSON.parse(String(data));
    return typeof message?.n === 'number' && typeof message.type === 'string' ? message : null;
  } catch {
    return null;
  }
}

function gone(why: string): OTError {
  return new OTError('OT_DISCONNECTED', why);
}

function connectError(code: number, why: string): OTError {
  if (code === closeCodes.unauthorized)
    return new OTError('OT_AUTHENTICATION_ERROR', why || 'The token is not valid for this session');
  if (code === closeCodes.tryLater) return new OTError('OT_CONNECTION_LIMIT_EXCEEDED', why || 'The box has no room');
  return new OTError('OT_CONNECT_FAILED', why || 'The box could not be reached');
}
