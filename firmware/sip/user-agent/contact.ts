import type { SipRequest } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { formatUri } from '../message/uri.ts';
import type { LocalAddress } from '../transport/listener.ts';

/**
 * Where requests of a dialog reach us (RFC 3261 §8.1.1.8, §12.1.1): the listener that the dialog began on.
 * `secure` makes it a sips URI, whose transport goes without saying (§26.2.2 deprecates `transport=tls`).
 */
export function contactValue(local: LocalAddress, user: string | null, secure = false): string {
  const { host, port } = local.advertised;
  const params = new Map(local.transport !== 'udp' && !secure ? [['transport', local.transport]] : []);
  const scheme = secure ? 'sips' : 'sip';
  return `<${formatUri({ scheme, user, password: null, host, port, params, headers: null })}>`;
}

/** §12.1.1: our Contact is sips when the Request-URI is, or the topmost Record-Route. @throws SipParseError */
export function wantsSips({ uri, headers }: SipRequest): boolean {
  if (isSips(uri)) return true;
  const route = headers.get('Record-Route');
  return route !== undefined && isSips(parseNameAddr(route).uri);
}

function isSips(uri: string): boolean {
  return /^sips:/i.test(uri);
}
