import { parseCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import type { Headers } from '../message/headers.ts';
import { parseReferTo, type ReferTo } from './refer-to.ts';
import { parseReferredBy, type ReferredBy } from './referred-by.ts';

/** What a REFER asks for. */
export interface Refer {
  readonly target: ReferTo;
  readonly referredBy: ReferredBy | null;
  /** False: the sender does not want to hear how it goes (RFC 4488 Refer-Sub). */
  readonly subscribes: boolean;
  /** Names the implicit subscription (RFC 3515 §2.4.6). */
  readonly id: string;
}

/** @throws SipParseError: its status is the answer (RFC 3515 §2.4.2: exactly one Refer-To) */
export function readRefer(headers: Headers): Refer {
  const [target, ...more] = headers.getAll('Refer-To');
  if (target === undefined || more.length > 0) throw new SipParseError('a REFER needs exactly one Refer-To');
  const referredBy = headers.get('Referred-By');
  return {
    target: parseReferTo(target),
    referredBy: referredBy === undefined ? null : parseReferredBy(referredBy),
    subscribes: refersWithSubscription(headers),
    id: String(parseCSeq(headers.get('CSeq') ?? '').number),
  };
}

/** RFC 4488 §3: of a REFER what is wanted, of its 2xx what is the case. */
export function refersWithSubscription(headers: Headers): boolean {
  return headers.get('Refer-Sub')?.split(';', 1)[0]?.trim().toLowerCase() !== 'false';
}
