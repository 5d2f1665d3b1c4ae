import { randomBytes } from 'node:crypto';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { tagOf, withTag } from '../message/name-addr.ts';
import { serialise } from '../message/serialise.ts';
import { phraseOf } from '../message/status-phrases.ts';

/** RFC 3261 §8.2.7: an answer without a transaction must carry the same tag whenever the request comes again. */
const STATELESS_TAG = randomBytes(8).toString('hex');
const NO_BODY = Buffer.alloc(0);

/**
 * A response of which nothing is remembered (RFC 3261 §8.2.7), Via, From, To, Call-ID and CSeq being the request's.
 * @throws SipParseError when To cannot be read; CrosspointError sip.line-break, sip.header-name
 */
export function statelessAnswer(
  request: SipRequest,
  status: number,
  extra: readonly (readonly [name: string, value: string])[],
): Buffer {
  const headers = new Headers();
  for (const via of request.headers.getAll('Via')) headers.add('Via', via);
  const to = request.headers.get('To') ?? '';
  headers.add('From', request.headers.get('From') ?? '');
  headers.add('To', tagOf(to) === null ? withTag(to, STATELESS_TAG) : to);
  headers.add('Call-ID', request.headers.get('Call-ID') ?? '');
  headers.add('CSeq', request.headers.get('CSeq') ?? '');
  for (const [name, value] of extra) headers.add(name, value);
  return serialise({ kind: 'response', status, reason: phraseOf(status), headers, body: NO_BODY });
}
