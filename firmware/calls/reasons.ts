import { reasonOfCause, reasonOfStatus } from '../sip/reason/reason-header.ts';

/**
 * Why a call ended, as the monitoring API tells it: a SIP status for an INVITE that failed, else one of the
 * 700 codes. A code never stands for something else.
 */
export interface EndReason {
  readonly code: string;
  readonly message: string;
}

export const endReasons = {
  normalClearing: { code: '700', message: 'Normal Clearing' },
  unexpectedClearing: { code: '703', message: 'Unexpected Clearing' },
  /** RTP never arrived. */
  mediaTimeout: { code: '704', message: 'Media Timeout' },
  maxDuration: { code: '705', message: 'Max Duration' },
  /** RTP stopped for longer than the limit. */
  maxInactive: { code: '706', message: 'Max Inactive' },
} as const satisfies Record<string, EndReason>;

/** Q.850 causes of what is no SIP status: normal clearing, temporary failure, and "normal, unspecified". */
const Q850: Readonly<Record<string, number>> = { 700: 16, 703: 41, 704: 31, 705: 16, 706: 31 };

/** The Reason header (RFC 3326) with which we end a call for that reason. */
export function reasonHeader({ code, message }: EndReason): readonly [name: string, value: string] {
  const cause = Q850[code];
  return ['Reason', cause === undefined ? reasonOfStatus(Number(code), message) : reasonOfCause(cause, message)];
}

export function sipFailure(status: number, phrase: string): EndReason {
  return { code: String(status), message: phrase };
}
