import { formatNameAddr, parseNameAddr } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';

/** RFC 3892: on whose behalf a call is placed. */
export interface ReferredBy {
  readonly displayName: string | null;
  /** Text, readable by `parseUri`. */
  readonly uri: string;
}

/** @throws SipParseError */
export function parseReferredBy(value: string): ReferredBy {
  const { displayName, uri } = parseNameAddr(value);
  parseUri(uri);
  return { displayName, uri };
}

/** Without `cid`: its signed token stands in a body that we do not pass on. @throws CrosspointError sip.bad-uri */
export function formatReferredBy({ displayName, uri }: ReferredBy): string {
  return formatNameAddr({ displayName, uri, params: new Map() });
}
