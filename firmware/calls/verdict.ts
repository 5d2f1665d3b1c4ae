import { returnCode } from '../sip/reason/return-codes.ts';
import type { EndedBy } from './call.ts';
import type { EndReason } from './reasons.ts';

/** All that is told of an end. A status is judged in one place, the table of return codes. */
export interface Verdict extends EndReason {
  /** Whether the same call can succeed later without being changed. */
  readonly retriable: boolean;
  readonly endedBy: (typeof enders)[number];
}

/** `network`: something between the two that talk, the far end's server among it; `operator`: of the box. */
export const enders = ['caller', 'callee', 'network', 'application', 'operator', 'box'] as const;

/** What of our own codes passes by itself: something broke here or on the way; no limit, and no firewall. */
const RETRIABLE: ReadonlySet<string> = new Set(['703']);

/** `direction`: who is at the far end where a far end hung up and the reason does not name the party. */
export function verdictOf(reason: EndReason, by: EndedBy, direction: 'outbound' | 'inbound'): Verdict {
  const status = Number(reason.code);
  const known = status < 700 ? returnCode(status) : null;
  const farEnd = reason.party ?? known?.endedBy ?? (direction === 'outbound' ? 'callee' : 'caller');
  return {
    ...reason,
    retriable: known ? known.retriable : RETRIABLE.has(reason.code),
    endedBy: by === 'far-end' ? farEnd : by,
  };
}
