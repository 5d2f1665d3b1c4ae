import { isIPv6 } from 'node:net';
import { parseDigits } from './chars.ts';
import { SipParseError } from './errors.ts';

export interface HostPort {
  /** Lower case; an IPv6 address without its brackets. */
  host: string;
  port: number | null;
}

/** Host names and IPv4 addresses; "_" is no host name's, but SRV-like and container names carry it. */
const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*)$/;
const MAX_HOST = 255;
/** RFC 3261's grammar derives "2001:db8:::192.0.2.1" for "2001:db8::192.0.2.1"; to be read, never written (RFC 5118 §4.10). */
const EXTRA_COLON = /:::(?=\d+\.\d+\.\d+\.\d+$)/;

/**
 * Reads `host`, `host:port`, `[v6]`, `[v6]:port`; blanks around the colon are allowed (RFC 3261 §25.1 sent-by).
 * @throws SipParseError
 */
export function parseHostPort(text: string): HostPort {
  let hostEnd: number;
  let host: string;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    host = close < 0 ? '' : text.slice(1, close).replace(EXTRA_COLON, '::');
    if (!host.includes(':') || !isHost(host)) throw new SipParseError('an IPv6 address in brackets is expected');
    hostEnd = close + 1;
  } else {
    const colon = text.indexOf(':');
    hostEnd = colon < 0 ? text.length : colon;
    host = text.slice(0, hostEnd).trim();
    if (!isHost(host)) throw new SipParseError('the host is not a name or an IP address');
  }
  return { host: host.toLowerCase(), port: parsePort(text.slice(hostEnd).trim()) };
}

function parsePort(text: string): number | null {
  if (text === '') return null;
  const port = text.startsWith(':') ? parseDigits(text.slice(1).trim()) : Number.NaN;
  if (!(port >= 1 && port <= 65535)) throw new SipParseError('the port must be a number from 1 to 65535');
  return port;
}

export function isHost(text: string): boolean {
  // Node's isIPv6 is a long regular expression, and hosts are read several times a message.
  if (text.includes(':')) return isIPv6(text) && !text.includes('%');
  return text.length <= MAX_HOST && NAME.test(text);
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`; without a port when that is null. */
export function formatHostPort(host: string, port: number | null): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return port === null ? bracketed : `${bracketed}:${port}`;
}
