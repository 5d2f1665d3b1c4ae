import type { LegLoss } from '../media/media.ts';
import type { DialogEnd } from '../sip/dialog/dialog-listener.ts';
import { reasonOfCause, reasonOfStatus } from '../sip/reason/reason-header.ts';

/**
 * Why a call ended, as the monitoring API tells it: a SIP status for an INVITE that failed, else one of the
 * 700 codes. A code never stands for something else.
 */
export interface EndReason {
  readonly code: string;
  readonly message: string;
  /** What an operator wants to know beside: which timer ran out, which message never came. */
  readonly detail?: string;
  /** Which side of a bridge has ended it. */
  readonly party?: 'caller' | 'callee';
}

export const endReasons = {
  normalClearing: { code: '700', message: 'Normal Clearing' },
  unexpectedClearing: { code: '703', message: 'Unexpected Clearing' },
  /** RTP never arrived. */
  mediaTimeout: { code: '704', message: 'Media Timeout' },
  maxDuration: { code: '705', message: 'Max Duration' },
  /** RTP stopped for longer than the limit. */
  maxInactive: { code: '706', message: 'Max Inactive' },
  /** SRTP was agreed on, and its keys could not be: nothing was said in clear. */
  mediaNotSecured: { code: '707', message: 'Media Not Secured' },
} as const satisfies Record<string, EndReason>;

/** Q.850 causes of what is no SIP status: normal clearing, temporary failure, "normal, unspecified", "interworking". */
const Q850: Readonly<Record<string, number>> = { 700: 16, 703: 41, 704: 31, 705: 16, 706: 31, 707: 127 };

/** The Reason header (RFC 3326) with which we end a call for that reason. */
export function reasonHeader({ code, message }: EndReason): readonly [name: string, value: string] {
  const cause = Q850[code];
  return ['Reason', cause === undefined ? reasonOfStatus(Number(code), message) : reasonOfCause(cause, message)];
}

/** The same reason, told more exactly. */
export function because(reason: EndReason, detail: string): EndReason {
  return { ...reason, detail };
}

/** RFC 3261 §13.3.1.4: our 2xx was repeated for 64·T1 in vain. */
export const unacknowledged = because(
  endReasons.unexpectedClearing,
  'the answer was never acknowledged: no ACK in 64·T1 (RFC 3261 §13.3.1.4)',
);

/** A call that nobody could follow does not go on. */
export const notStored = because(endReasons.unexpectedClearing, 'its beginning could not be stored');

/** The process ends in good order. */
export const shutDown = because(endReasons.unexpectedClearing, 'the service was shut down');

/** Of a call that a killed process left behind. */
export const killed = because(endReasons.unexpectedClearing, 'the service was killed');

/** Why a call whose leg has stopped working ends. */
export function lostLeg({ code, message }: LegLoss): EndReason {
  return because(code === 'media.dtls-failed' ? endReasons.mediaNotSecured : endReasons.unexpectedClearing, message);
}

/** Why a dialog that stood is gone without a BYE of the far end. */
export function lostDialog(by: Exclude<DialogEnd['by'], 'remote'>): EndReason {
  return because(endReasons.unexpectedClearing, LOST[by]);
}

export const LOST = {
  'session-timer': 'the session was not refreshed in time (RFC 4028 §10)',
  'ack-timeout': 'the answer to a re-INVITE was never acknowledged (RFC 3261 §14.2)',
  failed: 'the far end does not know the call any more: 408, 481 or no response (RFC 3261 §12.2.1.2)',
} as const;

export function sipFailure(status: number, phrase: string): EndReason {
  return { code: String(status), message: phrase };
}
