import { parseUri } from '../message/uri.ts';

/**
 * Whether the `uri=` of credentials and the Request-URI mean the same user. Proxies change a Request-URI on its way and
 * phones write their registrar in one and its address in the other, so that only the user parts must agree (RFC 3261
 * §22.4 point 6): what was signed for one number must not pay for a call to another one.
 */
export function isSameUser(uri: string, requestUri: string): boolean {
  if (uri === requestUri) return true;
  try {
    return parseUri(uri).user === parseUri(requestUri).user;
  } catch {
    return false;
  }
}
