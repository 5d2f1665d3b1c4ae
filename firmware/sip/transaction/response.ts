import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { withTag } from '../message/name-addr.ts';
import { phraseOf } from '../message/status-phrases.ts';

export interface ResponseParts {
  reason?: string;
  /** Added to To when the request's To has none (§8.2.6.2); none on 100. */
  toTag?: string;
  headers?: Iterable<readonly [name: string, value: string]>;
  body?: Buffer;
}

const NO_BODY = Buffer.alloc(0);
const TAGGED = /;\s*tag\s*=/i;

/**
 * RFC 3261 §8.2.6.2: Via, From, To, Call-ID and CSeq are the request's own.
 * @throws CrosspointError sip.line-break, sip.header-name: a header that cannot be written
 */
export function createResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers = new Headers();
  for (const via of request.headers.getAll('Via')) headers.add('Via', via);
  headers.add('From', request.headers.get('From') ?? '');
  headers.add('To', tagged(request.headers.get('To') ?? '', parts.toTag));
  headers.add('Call-ID', request.headers.get('Call-ID') ?? '');
  headers.add('CSeq', request.headers.get('CSeq') ?? '');
  for (const [name, value] of parts.headers ?? []) headers.add(name, value);
  return { kind: 'response', status, reason: parts.reason ?? phraseOf(status), headers, body: parts.body ?? NO_BODY };
}

function tagged(to: string, tag: string | undefined): string {
  // The last ">": a display name may hold others.
  if (tag === undefined || TAGGED.test(to.slice(to.lastIndexOf('>') + 1))) return to;
  return withTag(to, tag);
}
