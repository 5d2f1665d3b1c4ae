import type { Verdict } from '../../calls/verdict.ts';

/** CONTRACT §3.1: those of a call that has ended. */
export type EndStatus = 'completed' | 'busy' | 'cancelled' | 'unanswered' | 'timeout' | 'rejected' | 'failed';
export type CallStatus = 'started' | 'ringing' | 'answered' | EndStatus;

/** All that the vendor has; the box never tells the last three. */
export const callStatuses = [
  'started',
  'ringing',
  'answered',
  'completed',
  'busy',
  'cancelled',
  'failed',
  'rejected',
  'timeout',
  'unanswered',
  'machine',
  'human',
  'disconnected',
] as const;

export interface EndedSo {
  readonly status: EndStatus;
  /** Of an `unanswered`, `rejected` or `failed` one. */
  readonly detail?: string;
}

const BY_STATUS: Readonly<Record<number, EndedSo>> = {
  403: { status: 'rejected', detail: 'restricted' },
  404: { status: 'failed', detail: 'number_out_of_service' },
  408: { status: 'unanswered', detail: 'timeout' },
  480: { status: 'unanswered', detail: 'unavailable' },
  484: { status: 'failed', detail: 'number_out_of_service' },
  486: { status: 'busy' },
  600: { status: 'busy' },
  603: { status: 'rejected', detail: 'declined' },
  604: { status: 'failed', detail: 'number_out_of_service' },
};

/** CONTRACT §3.3: what the end of a call is called. */
export function endedSo(
  { code, detail, endedBy }: Pick<Verdict, 'code' | 'detail' | 'endedBy'>,
  answered: boolean,
): EndedSo {
  if (answered) return { status: 'completed' };
  const status = Number(code);
  const known = BY_STATUS[status];
  if (known) return known;
  // With a detail it is the ring limit; who gives up has none.
  if (status === 487 && detail !== undefined) return { status: 'timeout' };
  if (status === 487 || endedBy === 'application' || endedBy === 'caller') return { status: 'cancelled' };
  return { status: 'failed', detail: status >= 700 ? 'internal_error' : 'cannot_route' };
}
