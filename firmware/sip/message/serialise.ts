import { CrosspointError } from '../../base/errors.ts';
import { isToken, refuseLineBreaks } from './chars.ts';
import type { SipMessage } from './message.ts';

/**
 * The bytes of a message. Content-Length is set to the length of the body, whatever the headers say.
 * Header fields cannot break lines (`Headers` refuses them), the start line is checked here.
 * @throws CrosspointError sip.line-break, sip.bad-uri, sip.bad-method, sip.bad-status
 */
export function serialise(message: SipMessage): Buffer {
  const { headers, body } = message;
  const head = `${startLine(message)}\r\n${headers.lines('content-length')}Content-Length: ${body.length}\r\n\r\n`;
  if (body.length === 0) return Buffer.from(head);
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headBytes + body.length);
  bytes.write(head);
  bytes.set(body, headBytes);
  return bytes;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'request') {
    const { method, uri } = message;
    if (!isToken(method)) throw new CrosspointError('sip.bad-method', 'a method must be a token');
    refuseLineBreaks(uri, 'a Request-URI');
    if (uri === '' || uri.includes(' ')) throw new CrosspointError('sip.bad-uri', 'a Request-URI must not hold blanks');
    return `${method} ${uri} SIP/2.0`;
  }
  const { status, reason } = message;
  if (!Number.isInteger(status) || status < 100 || status > 699)
    throw new CrosspointError('sip.bad-status', 'a status is a whole number from 100 to 699');
  refuseLineBreaks(reason, 'a reason phrase');
  return `SIP/2.0 ${status} ${reason}`;
}
