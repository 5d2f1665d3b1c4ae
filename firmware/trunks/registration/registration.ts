import type { Clock, Timer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Credentials } from '../../sip/auth/credentials.ts';
import { DigestSession } from '../../sip/auth/digest-session.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../../sip/message/uri.ts';
import { newCallId } from '../../sip/transaction/random-token.ts';
import { contactValue } from '../../sip/user-agent/contact.ts';
import type { RequestOptions, RequestOutcome } from '../../sip/user-agent/out-of-dialog.ts';
import type { TrunkAgent } from '../trunk-agent.ts';
import type { RegistrationView } from '../trunk-view.ts';
import { backOffMs } from './back-off.ts';
import { grantedSeconds, knowsAnother, secondsIn } from './granted.ts';
import { registerFailure } from './register-failure.ts';
import { registerRequest } from './register-request.ts';

export interface RegistrationOptions {
  /** Of the trunk, for the log. */
  readonly trunk: string;
  readonly registrar: SipUri;
  /** What we register as. */
  readonly user: string;
  readonly auth?: Credentials;
  readonly expiresSeconds: number;
  readonly agent: () => TrunkAgent;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
  /** The view is another one than before. */
  readonly changed: () => void;
}

type Answered = Extract<RequestOutcome, { kind: 'response' }>;

/** Renewed before this part of the granted time is over. */
const REFRESH_AT = 0.85;
/** A registrar that grants next to nothing does not make us a flood. */
const MIN_REFRESH_MS = 1_000;
const REQUEST_MS = 20_000;
const GOODBYE_MS = 2_000;
/** A registrar that wants longer than this is not meant for boxes that come and go. */
const MAX_EXPIRES_S = 7 * 86_400;

/**
 * Our registration with the peer of a trunk (RFC 3261 §10.2).
 *
 *   REGISTERING ──200──▶ REGISTERED ◀──200── refresh at 85 % of what was granted
 *        │                   │                  │ failure: stays REGISTERED, tries again with back-off
 *     failure             expired ◀─────────────┘
 *        ▼                   ▼
 *      FAILED ◀──────────────┘   back-off, then another try: 200 ▶ REGISTERED
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #callId = newCallId();
  readonly #digestSession: DigestSession | null;
  #state: RegistrationView['state'] = 'registering';
  #since: number;
  #reason: string | null = null;
  #expiresAt: number | null = null;
  #expiresS: number;
  #cseq = 0;
  #failures = 0;
  #next: Timer | null = null;
  #expiry: Timer | null = null;
  #underWay: Promise<void> | null = null;
  /** The Contact with which a registrar was last asked to forget an older one. */
  #corrected = '';
  #closed = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#digestSession = options.auth ? new DigestSession(options.auth) : null;
    this.#expiresS = options.expiresSeconds;
    this.#since = options.clock.now();
  }

  start(): void {
    this.#try();
  }

  get view(): RegistrationView {
    return { state: this.#state, since: this.#since, expiresAt: this.#expiresAt, reason: this.#reason };
  }

  /** The peer was away, and may have forgotten us: registers now. */
  again(): void {
    if (this.#closed || this.#underWay) return;
    this.#failures = 0;
    this.#try();
  }

  /** Takes leave of the registrar, within two seconds. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#next?.stop();
    let timer: Timer | undefined;
    const patience = new Promise<void>(over => {
      timer = this.#options.clock.after(GOODBYE_MS, over);
    });
    await Promise.race([this.#leave(), patience]);
    timer?.stop();
    this.#expiry?.stop();
  }

  async #leave(): Promise<void> {
    await this.#underWay;
    if (this.#expiresAt === null) return;
    const { agent } = this.#options;
    await agent().request(this.#request(0, GOODBYE_MS));
  }

  #try(): void {
    this.#next?.stop();
    this.#next = null;
    this.#underWay = this.#register().finally(() => {
      this.#underWay = null;
    });
  }

  async #register(): Promise<void> {
    const asked = this.#expiresS;
    const outcome = await this.#options.agent().request(this.#request(asked, REQUEST_MS));
    this.#cseq = outcome.cseq;
    if (outcome.kind === 'response' && outcome.status >= 200 && outcome.status < 300) {
      const contact = this.#contactOf(outcome);
      const granted = grantedSeconds(outcome.headers, contact, asked);
      if (granted > 0) this.#registered(Math.min(granted, MAX_EXPIRES_S), outcome, contact);
      else this.#failed(outcome);
    } else if (this.#tooBrief(outcome, asked)) this.#nextIn(0);
    else this.#failed(outcome);
  }

  #request(expiresS: number, timeoutMs: number): RequestOptions {
    return {
      ...registerRequest(this.#options, expiresS),
      callId: this.#callId,
      cseq: this.#cseq + 1,
      timeoutMs,
      ...(this.#digestSession && { digestSession: this.#digestSession }),
    };
  }

  #registered(granted: number, outcome: Answered, contact: SipUri): void {
    const { clock, log, trunk } = this.#options;
    this.#failures = 0;
    this.#expiresAt = clock.now() + granted * 1000;
    this.#expiry?.stop();
    this.#expiry = clock.after(granted * 1000, () => this.#expired());
    if (this.#state !== 'registered') log.info({ trunk, expiresSeconds: granted }, 'registered with the peer');
    this.#become('registered', null);
    // Through a NAT: this answer has shown under which address we are seen, and the registrar has the one before.
    const now = formatUri(contact);
    const stale = knowsAnother(outcome.headers, contact) && this.#corrected !== now;
    if (stale) this.#corrected = now;
    this.#nextIn(stale ? MIN_REFRESH_MS : Math.max(MIN_REFRESH_MS, granted * REFRESH_AT * 1000));
  }

  #failed(outcome: RequestOutcome): void {
    const { random, log, trunk, auth } = this.#options;
    const { reason, backOff, atLeastMs } = registerFailure(outcome, auth !== undefined);
    this.#failures += 1;
    if (this.#failures === 1 || this.#reason !== reason) log.warn({ trunk, reason }, 'the peer did not register us');
    this.#become(this.#expiresAt === null ? 'failed' : this.#state, reason);
    this.#nextIn(Math.max(atLeastMs, backOffMs(this.#failures, backOff, random())));
  }

  #expired(): void {
    this.#expiresAt = null;
    this.#become('failed', this.#reason ?? 'the registration has run out');
  }

  /** 423 (RFC 3261 §10.2.8): asked again with what the registrar wants, when that is more than before. */
  #tooBrief(outcome: RequestOutcome, asked: number): boolean {
    if (outcome.kind !== 'response' || outcome.status !== 423) return false;
    const least = secondsIn(outcome.headers.get('Min-Expires'));
    if (least === null || least <= asked || least > MAX_EXPIRES_S) return false;
    this.#expiresS = least;
    return true;
  }

  #contactOf({ local }: Answered): SipUri {
    const { user, registrar } = this.#options;
    return parseUri(parseNameAddr(contactValue(local, user, registrar.scheme === 'sips')).uri);
  }

  #nextIn(ms: number): void {
    if (this.#closed) return;
    this.#next = this.#options.clock.after(ms, () => this.#try());
  }

  #become(state: RegistrationView['state'], reason: string | null): void {
    if (this.#state === state && this.#reason === reason) return;
    if (this.#state !== state) this.#since = this.#options.clock.now();
    this.#state = state;
    this.#reason = reason;
    if (!this.#closed) this.#options.changed();
  }
}
