import { isUnspecified } from '../../firmware/config/address.ts';

/** The address to connect to where the configuration says "every address". */
export function reachable(host: string): string {
  if (!isUnspecified(host)) return host;
  return host.includes(':') ? '::1' : '127.0.0.1';
}

/** IPv6 addresses stand in brackets inside a URI (RFC 3986 §3.2.2). */
export function hostInUri(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
