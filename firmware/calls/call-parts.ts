import type { Clock } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallMediaRecord } from '../quality/call-media.ts';
import type { CallFacts, CallRecord } from '../records/call-record.ts';
import type { CallLimitValues } from './call-limits.ts';
import type { CallEvent, CallRef } from './events.ts';
import type { MeasuredCall } from './measured-call.ts';
import type { SipSide } from './sip-side.ts';
import type { Verdict } from './verdict.ts';

/**
 * Resolves when the event is committed; a call does not wait for it. `about`: what is known of the call now; its record
 * with the event that is its last.
 */
export type RecordCallEvent = (event: CallEvent, about?: CallFacts | CallRecord) => Promise<void>;

/** Who keeps the SIP messages of calls. */
export interface CallTraceRecorder {
  /** That SIP dialog is one of the call's. */
  attach(call: CallId, sipCallId: string): void;
  ended(call: CallId, failed: boolean): void;
}

export interface CallServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly record: RecordCallEvent;
  readonly limits: CallLimitValues;
  readonly traces: CallTraceRecorder;
  /** Keeps the media figures of a call that is over. */
  readonly keepMedia: (record: CallMediaRecord) => void;
  /** Counts a call that is over. */
  readonly measured?: (call: MeasuredCall) => void;
  /** Whether events say which keys were pressed. */
  readonly tellDigits: boolean;
}

export interface CallDescription {
  readonly ref: CallRef;
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: string;
  /** Shorter than the box's own limit: the calling policy's. */
  readonly maxDurationMs?: number;
  /** The call whose script placed it. */
  readonly parent?: CallId;
  /** Over which trunk it came. */
  readonly trunk?: string;
  /** Of a call that came in: where we asked for its ACK. */
  readonly contact?: string;
  /** Force mute and *6 are obeyed (CONTRACT §1.4); default false. */
  readonly observesForceMute?: boolean;
}

/** A call of one session has one SIP side, a bridge two. */
export type CallSides = readonly [SipSide] | readonly [SipSide, SipSide];

/** When a call reached its stages, milliseconds since 1970; null for a stage that it has not reached. */
export interface CallStages {
  ringingAt: number | null;
  activeAt: number | null;
  endedAt: number | null;
}

/** Who has put a call on hold: a far end, or the application through us. */
export type Holder = 'first-side' | 'second-side' | 'application';

/** Which party ended a call. */
export type EndedBy = 'far-end' | 'application' | 'operator' | 'box';

/** Whoever follows one call. */
export interface CallWatcher {
  /** A side has another leg, or has agreed on other media. */
  mediaChanged?(): void;
  stateChanged?(): void;
  /** A far end has pressed that key. */
  pressed?(digit: string): void;
  ended?(verdict: Verdict, by: EndedBy): void;
}
