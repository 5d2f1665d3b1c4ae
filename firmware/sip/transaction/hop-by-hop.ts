import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

const NO_BODY = Buffer.alloc(0);

/** RFC 3261 §17.1.1.3: the ACK of a 300–699, part of the INVITE's own transaction: its branch, its route, the response's To. */
export function failureAck(invite: SipRequest, response: SipResponse): SipRequest {
  const headers = sameTransaction(invite, 'ACK');
  headers.set('To', response.headers.get('To') ?? invite.headers.get('To') ?? '');
  return { kind: 'request', method: 'ACK', uri: invite.uri, headers, body: NO_BODY };
}

/**
 * RFC 3261 §9.1: a CANCEL is the INVITE's twin: same branch, route, From, To, Call-ID and CSeq number. `more` may say
 * why (Reason, RFC 3326).
 * @throws CrosspointError sip.header-name, sip.line-break
 */
export function cancelOf(invite: SipRequest, more: Iterable<readonly [string, string]>): SipRequest {
  const headers = sameTransaction(invite, 'CANCEL');
  for (const [name, value] of more) headers.add(name, value);
  return { kind: 'request', method: 'CANCEL', uri: invite.uri, headers, body: NO_BODY };
}

function sameTransaction(invite: SipRequest, method: string): Headers {
  const headers = new Headers();
  headers.add('Via', invite.headers.get('Via') ?? '');
  for (const route of invite.headers.getAll('Route')) headers.add('Route', route);
  headers.add('Max-Forwards', '70');
  headers.add('From', invite.headers.get('From') ?? '');
  headers.add('To', invite.headers.get('To') ?? '');
  headers.add('Call-ID', invite.headers.get('Call-ID') ?? '');
  const number = (invite.headers.get('CSeq') ?? '').split(' ', 1)[0] ?? '';
  headers.add('CSeq', `${number} ${method}`);
  return headers;
}
