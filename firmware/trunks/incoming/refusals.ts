import { messageOf } from '../../base/errors.ts';
import { type CallId, newId, type ProjectId } from '../../base/ids.ts';
import type { CallServices } from '../../calls/call.ts';
import { endedCall } from '../../calls/call-facts.ts';
import type { CallRef } from '../../calls/events.ts';
import { reasonHeader, sipFailure } from '../../calls/reasons.ts';
import { verdictOf } from '../../calls/verdict.ts';
import { DEVICE_PROJECT } from '../../config/projects.ts';
import type { CallProblem } from '../../records/call-record.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { HeaderLines } from '../header-lines.ts';
import { refusedCall } from './refused-call.ts';

/** Why a call was not taken. */
export type RefusalCause =
  | 'no-trunk'
  | 'no-number'
  | 'incomplete-number'
  | 'unknown-number'
  | 'by-route'
  | 'too-many-calls'
  | 'too-fast'
  | 'replaces'
  | 'no-target'
  | 'no-session'
  | 'not-acceptable'
  | 'no-room'
  | 'no-media'
  | 'broken';

export interface Refusal {
  readonly cause: RefusalCause;
  readonly status: number;
  /** A sentence for whoever reads the caller's log, and ours. */
  readonly why: string;
  /** Seconds; for what passes by itself. */
  readonly retryAfterS?: number;
  /** More exact than the sentence; in its place. */
  readonly warning?: HeaderLines[number];
  /** The call has an event of its own there; of a trunk whose number is nobody's, at the box itself. */
  readonly project?: ProjectId;
  /** Name of the trunk, and what was called. None of a stranger, who costs no state. */
  readonly trunk?: string;
  readonly to?: string;
  /** What was wrong, where that is known more exactly. */
  readonly problem?: CallProblem | null;
}

/** RFC 3261 §20.43: 399, "miscellaneous": the text is for people. */
const WARNING = 399;

/**
 * Refuses calls: with the true reason to the caller, in the log, in the count, and to the project whose number it was,
 * with the messages in the trace of the call that the event names.
 */
export class Refusals {
  readonly #services: Pick<CallServices, 'clock' | 'log' | 'record' | 'traces'>;
  readonly #counts = new Map<RefusalCause, number>();

  constructor(services: Pick<CallServices, 'clock' | 'log' | 'record' | 'traces'>) {
    this.#services = services;
  }

  /** How many there were, by cause. */
  get counts(): ReadonlyMap<RefusalCause, number> {
    return this.#counts;
  }

  refuse(invite: IncomingInvite, refusal: Refusal): void {
    const { cause, status, why, problem, retryAfterS, warning, trunk, to, project } = refusal;
    const owner = project ?? (trunk === undefined ? null : DEVICE_PROJECT);
    const call = owner === null ? null : newId<CallId>();
    const reason = sipFailure(status, why);
    const headers: HeaderLines = [
      reasonHeader(reason),
      warning ?? ['Warning', `${WARNING} crosspoint "${why.replace(/["\\\r\n]/g, ' ')}"`],
      ...(retryAfterS === undefined ? [] : [['Retry-After', String(retryAfterS)] as const]),
    ];
    invite.reject(status, undefined, headers);
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1);
    this.#services.log.info(
      {
        ...(call && { call }),
        sipCallId: invite.callId,
        cause,
        status,
        why,
        // Where it says more than the sentence for the caller.
        ...(problem && problem.message !== why && { problem: problem.message }),
        trunk,
        to,
        source: invite.source.address,
      },
      'an incoming call is refused',
    );
    if (owner !== null && call !== null) void this.#record(call, owner, invite, refusal);
  }

  async #record(id: CallId, project: ProjectId, invite: IncomingInvite, refusal: Refusal): Promise<void> {
    const { clock, record, log, traces } = this.#services;
    const time = clock.now();
    const call: CallRef = { id, project, session: null, connection: null, createdAt: time };
    traces.attach(call.id, invite.callId);
    traces.ended(call.id, true);
    const facts = refusedCall(call, invite, refusal);
    const reason = verdictOf(sipFailure(refusal.status, refusal.why), 'box', 'inbound');
    try {
      await record({ type: 'callCreated', time, call }, facts);
      const endedAt = clock.now();
      await record({ type: 'callDestroyed', time: endedAt, call, reason }, endedCall(facts, reason, endedAt));
    } catch (error) {
      log.error({ call: call.id, problem: messageOf(error) }, 'a refused call could not be recorded');
    }
  }
}
