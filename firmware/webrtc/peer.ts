import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { IceAddress, IceLeg, IceMedia, LegConfig, LegListener, LegLoss, MediaDigit } from '../media/media.ts';
import type { Client } from '../sessions/clients.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { AgreedMedia } from './agreed-media.ts';
import { makeIceFragment } from './ice-fragment.ts';
import type { PeerOffer } from './peer-offer.ts';
import type { PeerIce } from './transport-lines.ts';

/** From the answer to the end of the DTLS handshake. */
export const CONNECT_LIMIT_MS = 20_000;
/** A browser that changes its network takes a few seconds; the worker has waited 15 s already. */
export const DISCONNECTED_LIMIT_MS = 30_000;

/** The resource's id is a secret like the token (RFC 9725 §5). */
const ID_BYTES = 24;
const TAG_BYTES = 9;

export interface PeerParts {
  readonly client: Client;
  /** The client came with this peer, and goes with it. */
  readonly alone: boolean;
  readonly offer: PeerOffer;
  readonly agreed: AgreedMedia;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whoever uses a peer. */
export interface PeerListener {
  /** Media can flow. */
  secured(): void;
  /** Its far end has pressed a key. */
  digit?(digit: MediaDigit): void;
  /** Called once; its leg is being closed. */
  closed(reason: ConnectionEndReason): void;
}

/**
 * One peer connection of a WebRTC client, with its one leg.
 *
 *     open()            secured                    nothing heard
 *     ──────▶ connecting ──────▶ connected ─────────────────────▶ disconnected
 *                 │ 20 s             │  ◀─────── heard again ──────────┘  │ 30 s
 *                 ▼                  ▼                                    ▼
 *               closed ◀── close(), close_notify, client gone, worker or leg lost ── closed
 */
export class Peer {
  readonly id = randomBytes(ID_BYTES).toString('base64url');
  readonly client: Client;
  readonly #parts: PeerParts;
  #listener: PeerListener | null = null;
  #leg: IceLeg | null = null;
  #theirIce: PeerIce;
  #tag = freshTag();
  #timer: Timer | null = null;
  #secured = false;
  #forgetClient: () => void = () => undefined;
  #restarts: Promise<unknown> = Promise.resolve();
  #closed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: PeerParts) {
    this.client = parts.client;
    this.#parts = parts;
    this.#theirIce = parts.offer.ice;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Names the ICE session (RFC 9725 §4.3.1), with its quotes. */
  get entityTag(): string {
    return this.#tag;
  }

  /** @throws CrosspointError session.peer-closed before `open` and after the end */
  get leg(): IceLeg {
    if (this.#leg && !this.#closed) return this.#leg;
    throw new CrosspointError('session.peer-closed', 'The peer connection has ended');
  }

  /**
   * Opens its leg, and ends with the client from now on.
   * @throws CrosspointError media.…, session.peer-closed; it is closed then
   */
  async open(media: IceMedia, listener: PeerListener, configure: (ice: IceAddress) => LegConfig): Promise<IceLeg> {
    const { client, clock } = this.#parts;
    this.#listener = listener;
    this.#forgetClient = client.onGone(() => void this.close('clientDisconnected'));
    try {
      const leg = await media.openIceLeg(client.session.id, this.#legListener(), configure);
      this.#leg = leg;
      if (this.#closed) await leg.close();
      else this.#timer = clock.after(CONNECT_LIMIT_MS, () => this.#gone('never connected'));
      return this.leg;
    } catch (error) {
      await this.close('networkDisconnected');
      throw error;
    }
  }

  #legListener(): LegListener {
    return {
      iceChanged: ({ state }) => {
        // Before the handshake the first limit counts, whatever the path does.
        if (!this.#secured || this.#closed) return;
        this.#timer?.stop();
        if (state === 'disconnected')
          this.#timer = this.#parts.clock.after(DISCONNECTED_LIMIT_MS, () => this.#gone('disconnected'));
      },
      secured: () => {
        if (this.#secured || this.#closed) return;
        this.#secured = true;
        this.#timer?.stop();
        this.#listener?.secured();
      },
      digit: digit => {
        if (!this.#closed) this.#listener?.digit?.(digit);
      },
      dtlsClosed: () => void this.close('clientDisconnected'),
      lost: (loss: LegLoss) => this.#gone(loss.message),
    };
  }

  #gone(why: string): void {
    const { log, client } = this.#parts;
    log.info({ connection: client.connection, why }, 'a WebRTC peer is gone');
    void this.close('networkDisconnected');
  }

  /** Changes what the leg does; a failure is its owner's end to come, and is only noted. */
  async change(config: LegConfig): Promise<void> {
    try {
      await this.#leg?.update(config);
    } catch (error) {
      if (!this.#closed) this.#parts.log.warn({ problem: messageOf(error) }, 'a WebRTC leg could not be changed');
    }
  }

  /** Whether these credentials of the far end are others than before: an ICE restart. */
  isRestart({ ufrag, password }: PeerIce): boolean {
    return ufrag !== this.#theirIce.ufrag || password !== this.#theirIce.password;
  }

  /**
   * Restarts ICE; what was agreed on with DTLS goes on.
   * @returns the fragment that answers; `entityTag` is another then
   * @throws CrosspointError media.…, session.peer-closed
   */
  restart(theirs: PeerIce): Promise<string> {
    const next = this.#restarts.then(async () => {
      const { leg } = this;
      await leg.restartIce();
      this.#theirIce = theirs;
      this.#tag = freshTag();
      return makeIceFragment(this.#parts.offer, this.#parts.agreed, leg.ice);
    });
    this.#restarts = next.catch(() => undefined);
    return next;
  }

  /** Ends it; resolves when all of it is gone and recorded. The first reason counts. */
  close(reason: ConnectionEndReason): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#ended = this.#end(reason);
    }
    return this.#ended;
  }

  async #end(reason: ConnectionEndReason): Promise<void> {
    const { client, alone } = this.#parts;
    this.#timer?.stop();
    this.#forgetClient();
    const closing = this.#leg?.close();
    this.#listener?.closed(reason);
    if (alone) await client.leave(reason);
    await closing;
  }
}

function freshTag(): string {
  return `"${randomBytes(TAG_BYTES).toString('base64url')}"`;
}
