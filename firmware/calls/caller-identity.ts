import { formatHostPort } from '../sip/message/host-port.ts';

/** Shown where no number is known (OpenTok's "+00000000", CONTRACT §1.4). */
const ANONYMOUS_NUMBER = '+00000000';

/** RFC 3966 global or local digits, as carriers present them. */
const NUMBER = /^\+?[0-9]{1,32}$/;

/** RFC 3261 §25.1 user: unreserved and user-unreserved, no escapes needed. */
const PLAIN_USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]{1,64}$/;

/**
 * The From URI of a call that we place.
 *
 * A number is presented as it is; anything else becomes +00000000 unless the configuration lets names through.
 *
 * @param from `user@host` as the application gave it, or undefined
 * @param domain stands in for a missing host; an IPv6 address without brackets
 */
export function fromUri(from: string | undefined, domain: string, allowAlphanumeric: boolean): string {
  const [user = '', host = formatHostPort(domain, null)] =
    from === undefined ? [] : splitAt(from.replace(/^sips?:/i, ''));
  const presentable = NUMBER.test(user) || (allowAlphanumeric && PLAIN_USER.test(user));
  return `sip:${presentable ? user : ANONYMOUS_NUMBER}@${host}`;
}

function splitAt(address: string): [string] | [string, string] {
  const at = address.lastIndexOf('@');
  return at < 0 ? [address] : [address.slice(0, at), address.slice(at + 1)];
}
