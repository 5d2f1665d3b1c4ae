import { because, type EndReason, endReasons, sipFailure } from './reasons.ts';

/** How an INVITE of ours ended without an answer, as firmware/sip tells it. */
export interface InviteFailure {
  readonly status: number | null;
  readonly phrase: string;
  readonly cause: 'response' | 'timeout' | 'transport' | 'cancelled' | 'ring-limit';
}

/**
 * The reason that the monitoring API shows for an INVITE that failed: the far end's status where it gave one. Silence
 * counts as 408 and a transport error as 503, as RFC 3261 §8.1.3.1 has them treated.
 */
export function reasonOfFailure(failure: InviteFailure): EndReason {
  switch (failure.cause) {
    case 'response':
      return failure.status === null ? endReasons.unexpectedClearing : sipFailure(failure.status, failure.phrase);
    case 'timeout':
      return because(sipFailure(408, 'Request Timeout'), failure.phrase);
    case 'transport':
      return because(sipFailure(503, 'Service Unavailable'), failure.phrase);
    case 'cancelled':
      return sipFailure(487, 'Request Terminated');
    case 'ring-limit':
      return because(sipFailure(487, 'Request Terminated'), 'nobody answered within the ring limit');
    default:
      return failure.cause satisfies never;
  }
}

/** Whether another target may well take the call (CONTRACT §5): no response in time, no connection, or 5xx. */
export function isNobodyThere({ cause, status }: InviteFailure): boolean {
  if (cause === 'response') return status !== null && status >= 500 && status < 600;
  return cause === 'timeout' || cause === 'transport';
}
