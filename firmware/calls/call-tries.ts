import { isCrosspointError } from '../base/errors.ts';
import type { CallTry } from '../records/call-record.ts';
import type { Hop } from '../sip/transport/hop.ts';
import type { HopEnd, InviteFailure, Reached } from '../sip/user-agent/invite-listener.ts';

/** "udp 192.0.2.9:5060" */
export function hopName({ transport, address, port }: Hop): string {
  return `${transport} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Where an INVITE of ours went, one for each hop. @param target the address that it was to reach */
export function failedTries(target: string, { ends }: Pick<InviteFailure, 'ends'>): CallTry[] {
  return ends.map(end => tryOf(target, end));
}

/** The same of one that was answered; the last one is who did. */
export function answeredTries(target: string, { ends, hop }: Pick<Reached, 'ends' | 'hop'>): CallTry[] {
  const answered: CallTry = { target, hop: hopName(hop), outcome: 'answered', status: 200, detail: 'OK' };
  return [...failedTries(target, { ends }), answered];
}

function tryOf(target: string, end: HopEnd): CallTry {
  const { hop, status, phrase } = end;
  return { target, hop: hop && hopName(hop), outcome: outcomeOf(end), status, detail: phrase };
}

function outcomeOf({ cause, error }: HopEnd): CallTry['outcome'] {
  switch (cause) {
    case 'response':
    case 'timeout':
      return cause;
    case 'cancelled':
    case 'ring-limit':
      return 'given-up';
    case 'transport':
      return networkOutcome(error);
    default:
      return cause satisfies never;
  }
}

const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET']);
/** OpenSSL's verdicts on certificates have no prefix in common (Node: "X.509 certificate error codes"). */
const TLS =
  /^(?:ERR_TLS|ERR_SSL|sip\.tls-|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA$)/;

function networkOutcome(error: unknown): 'refused' | 'tls' | 'dns' | 'network' {
  for (const code of codesOf(error)) {
    if (code === 'sip.target-unresolved') return 'dns';
    if (REFUSED.has(code)) return 'refused';
    if (TLS.test(code)) return 'tls';
  }
  return 'network';
}

/** Of an error and what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let each: unknown = error; each instanceof Error && codes.length < 8; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    if (isCrosspointError(each)) codes.push(each.code);
    else if (typeof code === 'string') codes.push(code);
  }
  return codes;
}
