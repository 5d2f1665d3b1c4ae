import type { RequestOutcome } from '../../sip/user-agent/out-of-dialog.ts';
import { type BackOff, REFUSED, RETRY } from './back-off.ts';
import { secondsIn } from './granted.ts';

export interface RegisterFailure {
  /** For people. */
  readonly reason: string;
  readonly backOff: BackOff;
  /** The registrar wants us to wait so long (Retry-After). */
  readonly atLeastMs: number;
}

const MAX_RETRY_AFTER_S = 3_600;

/** Why a REGISTER was of no use, and when the next one is due. */
export function registerFailure(outcome: RequestOutcome, hasAuth: boolean): RegisterFailure {
  if (outcome.kind === 'failed') {
    const reason = outcome.code === 'sip.timeout' ? 'no answer to REGISTER' : outcome.message;
    return { reason, backOff: RETRY, atLeastMs: 0 };
  }
  const { status, headers } = outcome;
  const atLeastMs = Math.min(secondsIn(headers.get('Retry-After')) ?? 0, MAX_RETRY_AFTER_S) * 1000;
  const said = `${status} ${outcome.reason}`.trim();
  if (status === 401 || status === 407) {
    const reason = hasAuth ? `password refused (${said})` : `a password is wanted and auth has none (${said})`;
    return { reason, backOff: REFUSED, atLeastMs };
  }
  if (status === 403) {
    // Some say so to a wrong password, others to an address that they do not know.
    const reason = hasAuth ? `password refused, or our address not allowed (${said})` : `refused (${said})`;
    return { reason, backOff: REFUSED, atLeastMs };
  }
  if (status >= 200 && status < 300)
    return { reason: 'the registrar does not keep our Contact', backOff: RETRY, atLeastMs };
  return { reason: said, backOff: status === 404 ? REFUSED : RETRY, atLeastMs };
}
