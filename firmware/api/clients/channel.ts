import { Allowance } from '../../base/allowance.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Client } from '../../sessions/client.ts';
import type { ConnectionEndReason } from '../../sessions/events.ts';
import { type CloseCode, closeCodes } from './close-codes.ts';
import { Mailbox } from './mailbox.ts';
import { type BoxMessage, type ClientRequest, messageOf, type Reply } from './messages.ts';
import { readRequest } from './read-message.ts';
import { RequestIds } from './request-ids.ts';

/** How long a broken channel can be resumed. */
export const RESUME_MS = 30_000;
/** A channel on which nothing is heard for so long is taken for broken. */
export const SILENCE_MS = 30_000;
const BURST = 100;
const PER_SECOND = 20;
/** More than what a resumption can bring at once. */
const MAX_UNREAD_BYTES = 2 * 1024 * 1024;

/** The WebSocket of a channel. */
export interface ChannelSocket {
  send(text: string): void;
  close(code: CloseCode, why: string): void;
  /** What the client has not read yet. */
  readonly unreadBytes: number;
}

export interface ChannelServices {
  readonly clock: Clock;
  /** Does what a client asks for; what it answers goes back. Never rejects. */
  readonly handle: (client: Client, request: ClientRequest) => Promise<Reply>;
}

/**
 * The event channel of one connection, over as many WebSockets as its life takes.
 *
 *               attach                    broke
 *     created ─────────▶ open ─────────────────────────▶ broken ──30 s──▶ gone
 *                         ▲ │ disconnect, flood, force…    │               ▲
 *                         │ └──────────────────────────────│───────────────┘
 *                         └────────────── resume ──────────┘
 */
export class Channel {
  readonly client: Client;
  readonly #services: ChannelServices;
  readonly #mailbox = new Mailbox();
  readonly #allowance: Allowance;
  readonly #ids = new RequestIds();
  #socket: ChannelSocket | null = null;
  #heardAt = 0;
  /** Of the silence while it is open, of the resumption while it is broken. */
  #timer: Timer | null = null;
  #leaving: CloseCode = closeCodes.goingAway;

  constructor(client: Client, services: ChannelServices) {
    this.client = client;
    this.#services = services;
    this.#allowance = new Allowance(services.clock, BURST, PER_SECOND);
    this.#tell({
      type: 'connected',
      key: client.key,
      connection: client.view,
      role: client.role,
      capabilities: client.capabilities,
      ...client.sessionView(),
      resumeSeconds: RESUME_MS / 1000,
    });
    client.listen(notice => {
      if (notice.type === 'forceDisconnected') this.#leaving = closeCodes.forced;
      this.#tell(messageOf(notice));
    });
    client.onGone(() => this.#end());
  }

  /** The first WebSocket: it is told all from the first message on. */
  open(socket: ChannelSocket): void {
    this.#attach(socket);
    for (const text of this.#mailbox.frames()) this.#send(text);
  }

  /**
   * Another WebSocket takes the place of the one that broke, or is about to.
   *
   * @param last number of the last message that the client has
   * @returns false when it is too late for that
   */
  resume(socket: ChannelSocket, last: number): boolean {
    if (this.client.gone) return false;
    const missed = this.#mailbox.resume(last, { type: 'resumed' }, this.#services.clock.now());
    if (missed === null) return false;
    this.#socket?.close(closeCodes.replaced, 'another channel has resumed this connection');
    this.#attach(socket);
    for (const text of missed) this.#send(text);
    return true;
  }

  /** A message of the client has come on that WebSocket. */
  take(socket: ChannelSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.#heardAt = this.#services.clock.monotonic();
    if (!this.#allowance.take()) {
      this.#leave(closeCodes.tooMuch, 'networkDisconnected');
      return;
    }
    const read = readRequest(text);
    switch (read.kind) {
      case 'nonsense':
        this.#leave(closeCodes.notUnderstood, 'networkDisconnected');
        return;
      case 'wrong':
        this.#tell(replyTo(read.id, { error: { code: 'session.bad-request', message: read.problem } }));
        return;
      case 'request':
        this.#do(read.request);
        return;
    }
  }

  /**
   * That WebSocket is closed.
   * @param forGood the client closed it to leave, and will not come back
   */
  closed(socket: ChannelSocket, forGood: boolean): void {
    if (socket !== this.#socket) return;
    if (forGood) this.#leave(closeCodes.normal, 'clientDisconnected');
    else this.#broke();
  }

  #do(request: ClientRequest): void {
    // One that is done already has its reply in the mailbox.
    if (!this.#ids.take(request.id)) return;
    if (request.type === 'disconnect') {
      this.#tell(replyTo(request.id, { ok: true }));
      this.#leave(closeCodes.normal, 'clientDisconnected');
      return;
    }
    void this.#services.handle(this.client, request).then(reply => this.#tell(replyTo(request.id, reply)));
  }

  #leave(code: CloseCode, reason: ConnectionEndReason): void {
    this.#leaving = code;
    void this.client.leave(reason);
  }

  #tell(message: BoxMessage): void {
    if (this.client.gone) return;
    this.#send(this.#mailbox.add(message, this.#services.clock.now()));
  }

  #send(text: string): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.send(text);
    if (socket.unreadBytes <= MAX_UNREAD_BYTES) return;
    socket.close(closeCodes.tooMuch, 'too slow to read');
    this.#broke();
  }

  #attach(socket: ChannelSocket): void {
    this.#socket = socket;
    this.#heardAt = this.#services.clock.monotonic();
    this.#listenForSilence(SILENCE_MS);
  }

  #listenForSilence(inMs: number): void {
    const { clock } = this.#services;
    this.#timer?.stop();
    this.#timer = clock.after(inMs, () => {
      const leftMs = this.#heardAt + SILENCE_MS - clock.monotonic();
      if (leftMs > 0) {
        this.#listenForSilence(leftMs);
        return;
      }
      this.#socket?.close(closeCodes.silent, 'nothing was heard for 30 s');
      this.#broke();
    });
  }

  /** It can be resumed for a while. */
  #broke(): void {
    this.#socket = null;
    this.#timer?.stop();
    this.#timer = this.#services.clock.after(RESUME_MS, () => void this.client.leave('networkDisconnected'));
  }

  /** Its client is gone. */
  #end(): void {
    this.#timer?.stop();
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(this.#leaving, endings[this.#leaving] ?? 'the client has left');
  }
}

const endings: Partial<Record<CloseCode, string>> = {
  [closeCodes.normal]: 'asked for',
  [closeCodes.goingAway]: 'the box shuts down',
  [closeCodes.notUnderstood]: 'not understood',
  [closeCodes.forced]: 'forced to disconnect',
  [closeCodes.tooMuch]: 'more messages than a client may send',
};

function replyTo(re: number, reply: Reply): BoxMessage {
  return { type: 'reply', re, ...reply };
}
