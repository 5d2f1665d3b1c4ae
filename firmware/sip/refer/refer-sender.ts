import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { DialogRequest, DialogResponse, ExtraHeaders } from '../dialog/dialog-listener.ts';
import { SipParseError } from '../message/errors.ts';
import { referEventId } from './refer-event.ts';
import type { ReferDialog } from './refer-notifier.ts';
import { refersWithSubscription } from './refer-request.ts';
import { formatReferTo, type ReferTo } from './refer-to.ts';
import { formatReferredBy, type ReferredBy } from './referred-by.ts';
import { isSipfrag, parseSipfrag } from './sipfrag.ts';
import { parseSubscriptionState, type SubscriptionState } from './subscription-state.ts';

/** RFC 6665 §4.1.2.4, Timer N: the first NOTIFY comes within 64·T1. */
const FIRST_NOTIFY_MS = 32_000;
/** For a NOTIFY that does not say how long its subscription lasts. */
const UNKNOWN_EXPIRES_S = 180;
const MAX_EXPIRES_S = 3_600;
/** The NOTIFY which says that the time is over needs some itself. */
const GRACE_MS = 5_000;

export interface ReferOptions {
  readonly target: ReferTo;
  readonly referredBy?: ReferredBy;
  /** False: asks not to be told how it goes (RFC 4488); the far end may do so all the same. */
  readonly subscribe: boolean;
  readonly headers?: ExtraHeaders;
}

export type ReferOutcome =
  /** The far end's call was answered so: 200–699. */
  | { readonly kind: 'final'; readonly status: number; readonly reason: string }
  /** The far end will do it, and will not say how it went (RFC 4488). */
  | { readonly kind: 'unwatched' }
  /** The REFER itself was refused; status null: it was not answered. */
  | { readonly kind: 'refused'; readonly status: number | null; readonly reason: string }
  /** It was accepted, but the outcome never came. */
  | { readonly kind: 'lost'; readonly why: 'no-notify' | 'expired' | 'terminated' | 'dialog-ended' };

export interface ReferListener {
  /** 101–199 of the far end's call, each only once. */
  progress(status: number, reason: string): void;
  /** Exactly once; nothing follows. */
  finished(outcome: ReferOutcome): void;
}

export interface ReferSenderParts {
  readonly clock: Clock;
  readonly dialog: ReferDialog;
  readonly listener: ReferListener;
}

/**
 * Asks the far end of a dialog to call somebody, and hears how that goes (RFC 3515 §2.4). One at a time in a dialog.
 *
 *     idle ── send ─▶ asked ── 2xx ─▶ waiting ── NOTIFY 1xx ─▶ progress ── NOTIFY 200–699 ─▶ finished
 *                       │ NOTIFY may overtake the 2xx    └── time-out, terminated without a result ┘
 *                       └── 300–699, silence ─▶ finished
 */
export class ReferSender {
  readonly #parts: ReferSenderParts;
  /** Of the NOTIFYs that are ours; undefined until the first one came. */
  #eventId: string | null | undefined;
  #phase: 'idle' | 'asked' | 'finished' = 'idle';
  #lastStatus = 100;
  #limit: Timer | null = null;

  constructor(parts: ReferSenderParts) {
    this.#parts = parts;
  }

  /** Resolves when the REFER has been answered; whatever goes wrong, `finished` says it. */
  async send(options: ReferOptions): Promise<void> {
    if (this.#phase !== 'idle') return;
    this.#phase = 'asked';
    try {
      const headers = headersOf(options);
      this.#answered(await this.#parts.dialog.request('REFER', { headers }));
    } catch (error) {
      this.#finish({ kind: 'refused', status: null, reason: messageOf(error) });
    }
  }

  /**
   * A NOTIFY in the dialog: true when it is about this REFER and has been answered. Those which come after the end,
   * and there is nearly always one, are answered 200 too.
   */
  notified(notify: DialogRequest): boolean {
    try {
      const { headers } = notify.request;
      const id = referEventId(headers.get('Event'));
      if (this.#phase === 'idle' || id === undefined) return false;
      if (this.#eventId !== undefined && id !== this.#eventId) return false;
      this.#eventId = id;
      this.#hear(notify, parseSubscriptionState(headers.get('Subscription-State') ?? 'active'));
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      notify.respond(error.status);
    }
    return true;
  }

  /** The dialog is over: `finished` says `lost`, unless the outcome was known. Harmless when there is nothing to end. */
  dialogEnded(): void {
    if (this.#phase === 'asked') this.#finish({ kind: 'lost', why: 'dialog-ended' });
  }

  #answered({ status, reason, headers }: DialogResponse): void {
    if (this.#phase === 'finished') return;
    if (status === null || status >= 300) this.#finish({ kind: 'refused', status, reason });
    else if (!refersWithSubscription(headers)) this.#finish({ kind: 'unwatched' });
    // A NOTIFY that overtook the answer has set a limit of its own.
    else if (!this.#limit) this.#limitTo(FIRST_NOTIFY_MS, 'no-notify');
  }

  #hear(notify: DialogRequest, subscription: SubscriptionState): void {
    const { body, request } = notify;
    if (body.length > 0 && !isSipfrag(request.headers.get('Content-Type'))) {
      notify.respond(415, undefined, [['Accept', 'message/sipfrag']]);
      return;
    }
    const news = body.length > 0 ? parseSipfrag(body) : null;
    notify.respond(200);
    if (this.#phase !== 'asked') return;
    if (news && news.status >= 200) this.#finish({ kind: 'final', ...news });
    else if (subscription.state === 'terminated') this.#finish({ kind: 'lost', why: 'terminated' });
    else {
      const expiresS = Math.min(subscription.expiresS ?? UNKNOWN_EXPIRES_S, MAX_EXPIRES_S);
      this.#limitTo(1_000 * expiresS + GRACE_MS, 'expired');
      if (!news || news.status === this.#lastStatus) return;
      this.#lastStatus = news.status;
      this.#parts.listener.progress(news.status, news.reason);
    }
  }

  #limitTo(delayMs: number, why: 'no-notify' | 'expired'): void {
    this.#limit?.stop();
    this.#limit = this.#parts.clock.after(delayMs, () => this.#finish({ kind: 'lost', why }));
  }

  #finish(outcome: ReferOutcome): void {
    if (this.#phase === 'finished') return;
    this.#phase = 'finished';
    this.#limit?.stop();
    this.#limit = null;
    this.#parts.listener.finished(outcome);
  }
}

function headersOf({ target, referredBy, subscribe, headers = [] }: ReferOptions): [name: string, value: string][] {
  const lines: [string, string][] = [['Refer-To', formatReferTo(target)]];
  if (referredBy) lines.push(['Referred-By', formatReferredBy(referredBy)]);
  if (!subscribe) lines.push(['Refer-Sub', 'false']);
  for (const [name, value] of headers) lines.push([name, value]);
  return lines;
}
