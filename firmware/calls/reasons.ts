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

export function sipFailure(status: number, phrase: string): EndReason {
  return { code: String(status), message: phrase };
}
