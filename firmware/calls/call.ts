import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { SideProblem } from '../quality/call-media.ts';
import type { CallFacts, CallRecord } from '../records/call-record.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { Headers } from '../sip/message/headers.ts';
import { callFacts, callRecord } from './call-facts.ts';
import { CallLimits } from './call-limits.ts';
import { logEnd } from './call-log.ts';
import { CallMedia } from './call-media.ts';
import { CallNotes } from './call-notes.ts';
import type {
  CallDescription,
  CallServices,
  CallSides,
  CallStages,
  CallWatcher,
  EndedBy,
  Holder,
} from './call-parts.ts';
import { type CustomHeader, customHeaders } from './custom-headers.ts';
import type { ReceivedDigit } from './digit-once.ts';
import type { CallEvent, CallRef, MutedBy, PlayedToCall, PressedDigit } from './events.ts';
import { because, type EndReason, endReasons } from './reasons.ts';
import { type SetUpStage, SetUpTimes } from './set-up-times.ts';
import type { SipSide } from './sip-side.ts';
import { type CallState, canMove } from './state.ts';
import { verdictOf } from './verdict.ts';

export type * from './call-parts.ts';

/** One call: its state machine (state.ts), its sides, its limits. */
export class Call {
  /** Its far end is asked for a secret: what it presses is told to nobody, whatever `tellDigits` says. */
  asksSecret = false;
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: string;
  readonly observesForceMute: boolean;
  readonly parent: CallId | null;
  readonly stages: CallStages = { ringingAt: null, activeAt: null, endedAt: null };
  readonly #services: CallServices;
  /** What is measured of its media. */
  readonly quality = new CallMedia();
  /** What is noted of it for its record. */
  readonly notes: CallNotes;
  readonly #limits: CallLimits;
  readonly #onEnd: (call: Call, by: EndedBy, reason: EndReason) => Promise<void>;
  /** Which parties keep it on hold. */
  readonly #holders = new Set<Holder>();
  readonly #watchers = new Set<CallWatcher>();
  #sides: CallSides;
  #ref: CallRef;
  #headers: readonly CustomHeader[] = [];
  #muted = false;
  /** Its place in a conference lets it only listen. */
  #mayOnlyListen = false;
  readonly #setUp = new SetUpTimes();
  #state: CallState = 'DIALING';
  #ended: Promise<void> | null = null;
  #endStatus: number | null = null;

  constructor(
    description: CallDescription,
    sides: CallSides,
    services: CallServices,
    onEnd: (call: Call, by: EndedBy, reason: EndReason) => Promise<void>,
  ) {
    this.#ref = description.ref;
    this.direction = description.direction;
    this.from = description.from;
    this.to = description.to;
    this.parent = description.parent ?? null;
    this.observesForceMute = description.observesForceMute ?? false;
    this.notes = new CallNotes(description);
    this.#sides = sides;
    this.#services = services;
    this.#onEnd = onEnd;
    const { durationMs } = services.limits;
    this.#limits = new CallLimits(
      services.clock,
      { ...services.limits, durationMs: Math.min(durationMs, description.maxDurationMs ?? durationMs) },
      () => Promise.all(this.#sides.map(({ leg }) => leg.stats())),
      reason => void this.end('box', reason),
    );
  }

  get log(): Log {
    return this.#services.log;
  }

  /** As it is now: what a script leads goes from session to session. */
  get ref(): CallRef {
    return this.#ref;
  }

  /** It is in that session now, or in none. */
  moved({ session, connection, host }: Pick<CallRef, 'session' | 'connection' | 'host'>): void {
    const { id, project, createdAt } = this.#ref;
    this.#ref = { id, project, createdAt, session, connection, ...(host !== undefined && { host }) };
    if (this.#ended === null) void this.#updated();
  }

  get state(): CallState {
    return this.#state;
  }

  get sides(): CallSides {
    return this.#sides;
  }

  /** SIP status that ended it; null while it lives, and of an end that has none. */
  get endStatus(): number | null {
    return this.#endStatus;
  }

  /** X- headers with which far ends called or answered, in that order. */
  get headers(): readonly CustomHeader[] {
    return this.#headers;
  }

  /** With those headers a far end called or answered: what is custom of them is kept as long as the call. */
  received(headers: Headers): void {
    this.#headers = [...this.#headers, ...customHeaders(headers)];
  }

  /**
   * Somebody else takes the place of one side: a transfer. The side that leaves is its owner's to end; its leg is
   * closed here.
   */
  exchange(leaves: SipSide, comes: SipSide): void {
    const [first, second] = this.#sides.map(side => (side === leaves ? comes : side));
    if (!first || !this.#sides.includes(leaves)) return;
    this.#sides = second ? [first, second] : [first];
    this.mediaAgreed();
    const side = this.#sides.indexOf(comes);
    void leaves.leg.close().then(stats => {
      const over = this.quality.closed(side, leaves.leg.id, stats, this.#services.clock.now());
      for (const { problem, present } of over) this.mediaChanged(problem, present);
    });
  }

  /** @returns ends the watch */
  watch(watcher: CallWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** An exchange of descriptions with one side has come to an end. */
  mediaAgreed(): void {
    for (const watcher of [...this.#watchers]) watcher.mediaChanged?.();
  }

  get clock(): Clock {
    return this.#services.clock;
  }

  /** Those that the far ends pressed last. */
  get digits(): readonly PressedDigit[] {
    return this.notes.lastDigits;
  }

  /** A far end has pressed a key. Which one is nobody's business while it is asked for a secret. */
  pressed(by: Exclude<Holder, 'application'>, { digit, durationMs, source }: ReceivedDigit): void {
    const { clock, tellDigits } = this.#services;
    const side = by === 'first-side' ? 'first' : 'second';
    const pressed = {
      side,
      digit: tellDigits && !this.asksSecret ? digit : null,
      durationMs: Math.round(durationMs),
      source,
    } as const;
    const time = clock.now();
    this.notes.pressed({ time, ...pressed });
    void this.#record({ type: 'callDigit', time, call: this.ref, ...pressed });
    for (const watcher of [...this.#watchers]) watcher.pressed?.(digit);
  }

  /** Without effect once it has ended: that is the last thing that is told of it. */
  playEnded(end: PlayedToCall): void {
    if (this.#state === 'HANGUP') return;
    void this.#record({ type: 'callPlayEnded', time: this.#services.clock.now(), call: this.ref, ...end });
  }

  /** The rules of the far end's trunk allow no longer call; to be said before the answer. */
  limitTo(durationMs: number): void {
    this.#limits.limitTo(durationMs);
  }

  /** What was agreed on with each side; null before that. */
  get agreed(): (Agreed | null)[] {
    return this.#sides.map(({ signalling }) => signalling.agreed);
  }

  /** The figures of each side's leg; null where the call has ended or the worker does not tell. */
  media(): Promise<(LegStats | null)[]> {
    return Promise.all(this.#sides.map(({ leg }) => (this.#ended ? null : leg.stats().catch(() => null))));
  }

  /** @throws CrosspointError store.… when the event could not be stored: a call that nobody can follow must not go on */
  created(): Promise<void> {
    return this.#services.record({ type: 'callCreated', time: this.ref.createdAt, call: this.ref }, callFacts(this));
  }

  /** @param at monotonic milliseconds; default: now */
  mark(stage: SetUpStage, at = this.#services.clock.monotonic()): void {
    this.#setUp.mark(stage, at);
  }

  dialling(): void {
    this.mark('invited');
    void this.#updated();
  }

  ringing(): void {
    this.notes.provisionalAt ??= this.#services.clock.now();
    if (!this.#move('RINGING')) return;
    this.stages.ringingAt = this.#services.clock.now();
    this.mark('ringing');
    void this.#updated();
  }

  active(): void {
    if (this.#state === 'ON_HOLD' || !this.#move('ACTIVE')) return;
    this.stages.activeAt ??= this.#services.clock.now();
    this.mark('answered');
    this.#limits.start();
    void this.#updated();
  }

  /** That SIP dialog, or one that is being tried, is this call's. */
  speaksIn(sipCallId: string): void {
    this.notes.speaksIn(sipCallId);
    this.#services.traces.attach(this.ref.id, sipCallId);
  }

  /** One of the parties has put the call on hold; harmless before the answer and after the end. */
  hold(by: Holder): void {
    this.#holders.add(by);
    if (!this.#move('ON_HOLD')) return;
    this.#limits.pause();
    void this.#updated();
  }

  isHeldBy(holder: Holder): boolean {
    return this.#holders.has(holder);
  }

  /** It has taken it back; the call goes on when nobody holds it any more. */
  resume(by: Holder): void {
    this.#holders.delete(by);
    if (this.#holders.size > 0 || this.#state !== 'ON_HOLD' || !this.#move('ACTIVE')) return;
    this.#limits.resume();
    void this.#updated();
  }

  /** Ends the call, once, from any state; resolves when everybody who asks will be told so. */
  end(by: EndedBy, reason: EndReason): Promise<void> {
    this.#ended ??= this.#finish(by, reason);
    return this.#ended;
  }

  /** It cannot go on, for a reason of ours. */
  fail(error: unknown): void {
    this.notes.cannotGoOn(error);
    void this.end('box', because(endReasons.unexpectedClearing, this.notes.problem?.message ?? 'something broke here'));
  }

  async #finish(by: EndedBy, reason: EndReason): Promise<void> {
    const verdict = verdictOf(reason, by, this.direction);
    this.#state = 'HANGUP';
    const status = Number(reason.code);
    if (status >= 300 && status < 700) this.#endStatus = status;
    const endedAt = this.#services.clock.now();
    this.stages.endedAt = endedAt;
    this.#limits.stop();
    this.#services.traces.ended(this.ref.id, reason.code !== endReasons.normalClearing.code);
    for (const { signalling } of this.#sides) signalling.hangUp(reason);
    for (const watcher of [...this.#watchers]) watcher.ended?.(verdict, by);
    this.#watchers.clear();
    const record = callRecord(this, verdict, endedAt);
    const told = [
      this.#updated(endedAt),
      this.#record({ type: 'callDestroyed', time: endedAt, call: this.ref, reason: verdict }, record),
      this.#onEnd(this, by, reason),
    ];
    const figures = await Promise.all(
      this.#sides.map(async ({ leg }, side) => {
        const stats = await leg.close();
        this.quality.closed(side, leg.id, stats, endedAt);
        return stats;
      }),
    );
    const media = this.quality.record({ call: this.ref.id, project: this.ref.project, endedAt });
    const { direction, stages } = this;
    if (stages.activeAt !== null) this.#services.keepMedia(media);
    const seconds = stages.activeAt === null ? null : (endedAt - stages.activeAt) / 1000;
    const measured = { direction, seconds, verdict, setUp: this.#setUp, legs: media.legs };
    this.#services.measured?.(measured);
    logEnd(this, measured, figures);
    await Promise.all(told);
  }

  /** Nobody hears its far end. */
  get muted(): boolean {
    return this.#muted;
  }

  /** @throws CrosspointError media.… */
  async mute(muted: boolean, by: MutedBy): Promise<void> {
    if (muted === this.#muted) return;
    this.#muted = muted;
    try {
      await this.#silence();
    } catch (error) {
      this.#muted = !muted;
      throw error;
    }
    await this.#record({ type: 'callMuteChanged', time: this.#services.clock.now(), call: this.ref, muted, by });
  }

  /** In a conference that it may not speak in it is not heard, muted or not. @throws CrosspointError media.… */
  async onlyListens(on: boolean): Promise<void> {
    if (on === this.#mayOnlyListen) return;
    this.#mayOnlyListen = on;
    await this.#silence();
  }

  async #silence(): Promise<void> {
    const muted = this.#muted || this.#mayOnlyListen;
    await Promise.all(this.#sides.map(({ leg }) => leg.update({ muted })));
  }

  /** Tells what was found of its media. */
  mediaChanged(problem: SideProblem, present: boolean): void {
    const time = this.#services.clock.now();
    void this.#record({ type: 'callMediaChanged', time, call: this.ref, problem, present });
  }

  #move(to: CallState): boolean {
    if (!canMove(this.#state, to)) return false;
    this.#state = to;
    return true;
  }

  #updated(time = this.#services.clock.now()): Promise<void> {
    const event = { type: 'callUpdated', time, call: this.ref, state: this.#state } as const;
    if (this.#state === 'HANGUP') return this.#record(event);
    const recorded = this.#record(event, callFacts(this));
    for (const watcher of [...this.#watchers]) watcher.stateChanged?.();
    return recorded;
  }

  async #record(event: CallEvent, about?: CallFacts | CallRecord): Promise<void> {
    try {
      await this.#services.record(event, about);
    } catch (error) {
      this.#services.log.error(
        { call: this.ref.id, event: event.type, problem: messageOf(error) },
        'an event could not be stored',
      );
    }
  }
}
