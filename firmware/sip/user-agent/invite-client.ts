import type { Timer } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import { DigestSession } from '../auth/digest-session.ts';
import { DigestTries } from '../auth/digest-tries.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { ExtraHeaders } from '../dialog/dialog-listener.ts';
import { agreedSessionTimer } from '../dialog/session-timer.ts';
import type { Stack } from '../dialog/stack.ts';
import type { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Hop } from '../transport/hop.ts';
import { sizeOf } from '../transport/large-request.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { InviteListener, InviteOptions, OutgoingInvite } from './invite-listener.ts';
import type { InviteDraft } from './invite-request.ts';
import type { Answered } from './outgoing/branches.ts';
import { type Ending, notSent, refusedWith, silentEnd } from './outgoing/ending.ts';
import { HopEnds } from './outgoing/hop-ends.ts';
import { HopRow } from './outgoing/hop-row.ts';
import { afterRefusal, featuresOf, type InviteFeatures } from './outgoing/invite-features.ts';
import { InviteTry, type TryFailure, type TryOwner } from './outgoing/invite-try.ts';
import { type Aim, firstAim, Redirects } from './outgoing/redirects.ts';

/** Of each hop, when there are others to turn to. */
const FIRST_RESPONSE_MS = 5000;
/** What a digest adds to a request, at most about. */
const AUTHORIZATION_BYTES = 400;
/** INVITEs of one call, over all hops, challenges and redirects. */
const MAX_INVITES = 64;
/** Times that one call lets itself be told to say something else (422, 420). */
const MAX_ADAPTATIONS = 4;

/**
 * The UAC core of one call (RFC 3261 §13.2), over all its tries: the hops of its target in order (RFC 3263 §4.3), then
 * those of each target that a redirect names, on each hop one INVITE and one more for each challenge or demand.
 *
 *     resolving ─▶ trying a hop ── 2xx ───────────────────────────────▶ accepted
 *         ▲            │  ▲  └──── 401, 407, 420, 422: the same hop again
 *         │            │  └─────── 503, no response, no connection: the next hop
 *         └── 3xx ─────┤
 *                      └────────── other failures, nothing left to try ─▶ failed
 *     cancel, ring limit: failed at once; the try under way is abandoned
 *
 * Each INVITE of a call has a branch and a CSeq of its own and shares Call-ID and From (§8.1.3.4, §22.2). RFC 3263 §4.3
 * would repeat the request to the next hop unchanged but for its branch; then a callee that both hops lead to takes it
 * for the other path of a fork and answers 482 (§8.2.2.2) while the first is still under way.
 *
 * The listener hears the outcome once; what follows is between a try and the far end.
 */
export class InviteClient implements OutgoingInvite, TryOwner {
  readonly callId: string;
  readonly earlyOffer: TryOwner['earlyOffer'];
  readonly #stack: Stack;
  readonly #options: InviteOptions;
  readonly #draft: InviteDraft;
  readonly #listener: InviteListener;
  readonly #redirects: Redirects;
  #stage: 'calling' | 'given-up' | 'settled' = 'calling';
  #aim: Aim;
  #features: InviteFeatures;
  #digest: DigestTries;
  /** What has been learnt of those who ask for credentials; a redirect leads to others. */
  #session: DigestSession | null;
  readonly #hops: HopRow;
  readonly #ends = new HopEnds();
  #hop: Hop | null = null;
  #try: InviteTry | null = null;
  #tried = 0;
  #invites = 0;
  #adaptations = 0;
  #ringLimit: Timer | null = null;

  constructor(stack: Stack, options: InviteOptions, draft: InviteDraft, listener: InviteListener) {
    this.callId = draft.callId;
    this.#stack = stack;
    this.#options = options;
    this.#draft = draft;
    this.#listener = listener;
    this.#hops = new HopRow(stack);
    this.#aim = firstAim(options);
    this.#redirects = new Redirects(options, this.#aim);
    this.#features = featuresOf(options, listener.earlyOffer !== undefined);
    this.#session = options.auth ? (options.digestSession ?? new DigestSession(options.auth)) : null;
    this.#digest = new DigestTries(options.auth ?? null, this.#session);
    this.earlyOffer = listener.earlyOffer
      ? (dialog, offer, answer) => this.#tell(() => listener.earlyOffer?.(dialog, offer, answer))
      : null;
  }

  start(): void {
    // Not at once, so that `invite` has returned before anything is said.
    queueMicrotask(() => void this.#goTo(this.#aim));
  }

  cancel(headers: ExtraHeaders = []): void {
    // Read once: refused here, not when the CANCEL goes out; and an iterator could not be read twice.
    this.#giveUp('cancelled', Headers.of(headers));
  }

  heard(): void {
    this.#tell(() => this.#listener.heard?.());
  }

  provisional(response: SipResponse, body: Buffer, dialog: Dialog | null): void {
    this.#hops.answered();
    this.#tell(() => this.#listener.progress(response.status, response.reason, response.headers, body, dialog));
  }

  answered({ dialog, body, acknowledge }: Answered, response: SipResponse): void {
    const hop = this.#hop;
    if (!hop) return;
    this.#hops.answered();
    this.#session?.heard(response);
    this.#settle();
    const terms = agreedSessionTimer(response.headers, this.#features.sessionTimer?.minS);
    if (terms) dialog.startSessionTimer(terms);
    const reached = { hop, tried: this.#tried, ends: this.#ends.list };
    this.#tell(() => this.#listener.accepted(dialog, body, response.headers, acknowledge ?? undefined, reached));
  }

  unusable(error: SipParseError): void {
    const phrase = `the answer cannot be acknowledged: ${error.message}`;
    this.#fail(this.#ends.add(this.#hop, { status: null, phrase, cause: 'transport', error }));
  }

  refused(attempt: InviteTry, response: SipResponse): void {
    // §22.2, RFC 4028 §7.4: the same call, a new transaction.
    if (this.#digest.answer(attempt.request, response) || this.#adapts(response)) this.#invite(attempt.hop);
    else this.#turnAway(response);
  }

  failed(failure: TryFailure): void {
    if (failure.cause === 'first-response' && failure.heard) {
      // It said 100, so it is alive: it is somebody behind it that does not answer.
      this.#nextHop(this.#ends.add(this.#hop, silentEnd(failure)));
      return;
    }
    const way = this.#hops.otherWay();
    if (way) {
      this.#invite(way);
      return;
    }
    this.#hops.failed();
    this.#nextHop(this.#ends.add(this.#hop, silentEnd(failure)));
  }

  async #goTo(aim: Aim): Promise<void> {
    this.#aim = aim;
    const { auth } = this.#options;
    if (aim.redirected && auth) this.#session = new DigestSession(auth);
    try {
      await this.#hops.aim(aim.target);
    } catch (error) {
      this.#nextTarget(this.#ends.add(null, notSent(error)));
      return;
    }
    this.#nextHop({ status: null, phrase: 'there is nowhere to send the INVITE to', cause: 'transport' });
  }

  /** `ending`: what the call has failed with when there is no hop left. */
  #nextHop(ending: Ending): void {
    if (this.#stage !== 'calling') return;
    const hop = this.#hops.next(() => this.#size());
    if (!hop) {
      this.#nextTarget(ending);
      return;
    }
    this.#tried += 1;
    this.#digest = new DigestTries(this.#options.auth ?? null, this.#session);
    this.#invite(hop);
  }

  #nextTarget(ending: Ending): void {
    if (this.#stage !== 'calling') return;
    const aim = this.#redirects.next();
    if (aim) void this.#goTo(aim);
    else this.#fail(ending);
  }

  #invite(hop: Hop): void {
    this.#hop = hop;
    this.#invites += 1;
    if (this.#invites > MAX_INVITES) {
      const error = new CrosspointError('sip.too-many-tries', `the call was sent on ${MAX_INVITES} times`);
      this.#fail(this.#ends.add(this.#hop, notSent(error)));
      return;
    }
    try {
      const attempt = this.#attempt(hop);
      this.#try = attempt;
      attempt.start();
      this.#sent();
    } catch (error) {
      const ending = this.#ends.add(hop, notSent(error));
      if (ending.error?.code === 'sip.transport-unsupported') this.#nextHop(ending);
      else this.#fail(ending);
    }
  }

  #attempt(hop: Hop): InviteTry {
    const stack = this.#stack;
    const { auth = null, firstResponseMs = this.#hops.length > 1 ? FIRST_RESPONSE_MS : null } = this.#options;
    const local = stack.transport.localFor(hop, null);
    const request = this.#request(local);
    this.#digest.sign(request);
    return new InviteTry({
      stack,
      hop,
      local,
      request,
      authorization: [...this.#digest.headers],
      credentials: auth,
      digest: this.#session,
      firstResponseMs,
      owner: this,
    });
  }

  #request(local: LocalAddress): SipRequest {
    const { requestUri: uri } = this.#aim;
    return this.#draft.request({ cseq: this.#invites, local, uri, features: this.#features });
  }

  /** Bytes on the wire, near enough for the choice of a transport. */
  #size(): number {
    const [local] = this.#stack.transport.locals;
    if (!local) return 0;
    return sizeOf(this.#request(local)) + (this.#options.auth ? AUTHORIZATION_BYTES : 0);
  }

  #sent(): void {
    if (this.#stage !== 'calling' || this.#ringLimit) return;
    const { clock } = this.#stack;
    this.#ringLimit = clock.after(this.#options.ringLimitMs, () => this.#giveUp('ring-limit', []));
    this.#tell(() => this.#listener.sent?.(clock.monotonic()));
  }

  #adapts(response: SipResponse): boolean {
    if (this.#adaptations >= MAX_ADAPTATIONS) return false;
    const features = afterRefusal(this.#features, response);
    if (!features) return false;
    this.#adaptations += 1;
    this.#features = features;
    return true;
  }

  /** A failure that the same hop would repeat. */
  #turnAway(response: SipResponse): void {
    const { status } = response;
    const ending = this.#ends.add(this.#hop, refusedWith(response));
    if (status === 503) {
      this.#hops.failed();
      this.#nextHop(ending);
      return;
    }
    this.#hops.answered();
    const followed = this.#redirects.follow(response);
    // §8.1.3.4: the next of a redirect's contacts is tried until one answers; 6xx speaks for all of them (§21.6).
    if (followed || (this.#aim.redirected && status < 600)) this.#nextTarget(ending);
    else this.#fail(ending);
  }

  #giveUp(cause: 'cancelled' | 'ring-limit', cancelHeaders: ExtraHeaders): void {
    if (this.#stage !== 'calling') return;
    this.#stage = 'given-up';
    this.#ringLimit?.stop();
    this.#try?.abandon(cancelHeaders);
    const phrase = cause === 'cancelled' ? 'cancelled' : 'nobody answered in time';
    // After the caller of `cancel` is done with its own state.
    queueMicrotask(() => this.#fail(this.#ends.add(this.#hop, { status: null, phrase, cause })));
  }

  #fail(ending: Ending): void {
    if (this.#stage === 'settled') return;
    this.#settle();
    const failure = { ...ending, hop: this.#hop, tried: this.#tried, ends: this.#ends.list };
    this.#tell(() => this.#listener.failed(failure));
  }

  #settle(): void {
    this.#stage = 'settled';
    this.#ringLimit?.stop();
    this.#ringLimit = null;
    this.#try = null;
  }

  #tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      this.#stack.log.error({ err: error, sipCallId: this.callId }, 'the owner of an INVITE failed');
    }
  }
}
