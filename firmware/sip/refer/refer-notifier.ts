import type { Clock, Timer } from '../../base/clock.ts';
import type { DialogRequest, DialogRequestOptions, DialogResponse } from '../dialog/dialog-listener.ts';
import { parseDigits } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import { formatReferEvent, referEventId } from './refer-event.ts';
import type { Refer } from './refer-request.ts';
import { formatSipfrag, type ReferStatus, SIPFRAG } from './sipfrag.ts';
import { formatSubscriptionState, type SubscriptionState } from './subscription-state.ts';

/** As long as the longest ring limit of usual peers; a transferor that waits longer refreshes. */
const EXPIRES_S = 180;
const MAX_EXPIRES_S = 3_600;

/** Of a `Dialog`, what a REFER and its NOTIFYs need. */
export interface ReferDialog {
  request(method: string, options?: DialogRequestOptions): Promise<DialogResponse>;
}

export interface ReferNotifierParts {
  readonly clock: Clock;
  readonly dialog: ReferDialog;
  readonly refer: Refer;
  /** The first REFER of its dialog goes without an id, which some phones do not understand (RFC 3515 §2.4.6). */
  readonly first: boolean;
}

interface News {
  readonly status: ReferStatus;
  readonly state: SubscriptionState;
}

/**
 * We were asked to call somebody: tells the one who asked how that goes (RFC 3515 §2.4.4).
 *
 *     idle ── accept: 202 ─▶ active: NOTIFY 100 … 180 … ── finish: NOTIFY 200–699, noresource ─▶ over
 *       └ norefersub: 200 ─▶ over        └─ not refreshed: NOTIFY, timeout; a NOTIFY refused or lost ─▶ over
 *
 * One NOTIFY is under way at a time; of what happens meanwhile the last is told.
 */
export class ReferNotifier {
  readonly #parts: ReferNotifierParts;
  readonly #eventId: string | null;
  #phase: 'idle' | 'active' | 'over' = 'idle';
  #current: ReferStatus = { status: 100, reason: '' };
  #next: News | null = null;
  #sending = false;
  #expiry: Timer | null = null;
  /** Monotonic. */
  #expiresAt = 0;

  constructor(parts: ReferNotifierParts) {
    this.#parts = parts;
    this.#eventId = parts.first ? null : parts.refer.id;
  }

  /** Answers the REFER and, unless its sender wants no news, begins to tell them. */
  accept(request: DialogRequest): void {
    if (this.#phase !== 'idle') return;
    if (!this.#parts.refer.subscribes) {
      this.#phase = 'over';
      request.respond(200, undefined, [['Refer-Sub', 'false']]);
      return;
    }
    this.#phase = 'active';
    this.#lasts(EXPIRES_S);
    request.respond(202);
    this.#tell();
  }

  /** 101–199 of the call that was asked for. */
  progress(status: number, reason = ''): void {
    if (this.#phase !== 'active' || (status === this.#current.status && reason === this.#current.reason)) return;
    this.#current = { status, reason };
    this.#tell();
  }

  /** 200–699: how the call was answered; 503 where there was no answer at all. */
  finish(status: number, reason = ''): void {
    if (this.#phase !== 'active') return;
    this.#current = { status, reason };
    this.#end('noresource');
  }

  /** A SUBSCRIBE in the dialog: true when it is about this REFER and has been answered. */
  subscribed(request: DialogRequest): boolean {
    if (!this.#concerns(request)) return false;
    if (this.#phase !== 'active') {
      // §2.4.4: a subscription that is over cannot be taken up again.
      request.respond(481);
      return true;
    }
    const wanted = request.request.headers.get('Expires');
    const expiresS = wanted === undefined ? EXPIRES_S : parseDigits(wanted);
    if (Number.isNaN(expiresS)) {
      request.respond(400);
      return true;
    }
    const granted = Math.min(expiresS, MAX_EXPIRES_S);
    request.respond(200, undefined, [['Expires', String(granted)]]);
    if (granted === 0) this.#end('timeout');
    else {
      this.#lasts(granted);
      this.#tell();
    }
    return true;
  }

  /** The dialog is over: nothing more is told. */
  close(): void {
    this.#phase = 'over';
    this.#next = null;
    this.#expiry?.stop();
    this.#expiry = null;
  }

  #concerns({ request }: DialogRequest): boolean {
    try {
      const id = referEventId(request.headers.get('Event'));
      return id === this.#parts.refer.id || (id === null && this.#parts.first);
    } catch (error) {
      if (error instanceof SipParseError) return false;
      throw error;
    }
  }

  #lasts(seconds: number): void {
    const { clock } = this.#parts;
    this.#expiry?.stop();
    this.#expiresAt = clock.monotonic() + 1_000 * seconds;
    this.#expiry = clock.after(1_000 * seconds, () => this.#end('timeout'));
  }

  #tell(): void {
    const expiresS = Math.max(0, Math.round((this.#expiresAt - this.#parts.clock.monotonic()) / 1_000));
    this.#queue({ status: this.#current, state: { state: 'active', expiresS } });
  }

  #end(reason: 'noresource' | 'timeout'): void {
    this.close();
    this.#queue({ status: this.#current, state: { state: 'terminated', reason } });
  }

  #queue(news: News): void {
    this.#next = news;
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#next) {
      const { status, state } = this.#next;
      this.#next = null;
      const { status: answer } = await this.#notify(status, state);
      // RFC 6665 §4.2.2: whoever refuses a NOTIFY, or does not hear it, has no subscription any more.
      if (answer === null || answer >= 300) this.close();
    }
    this.#sending = false;
  }

  async #notify(status: ReferStatus, state: SubscriptionState): Promise<{ status: number | null }> {
    const headers = [
      ['Event', formatReferEvent(this.#eventId)],
      ['Subscription-State', formatSubscriptionState(state)],
    ] as const;
    try {
      return await this.#parts.dialog.request('NOTIFY', { headers, body: formatSipfrag(status), contentType: SIPFRAG });
    } catch {
      return { status: null };
    }
  }
}
