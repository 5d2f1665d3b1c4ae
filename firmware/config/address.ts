import { BlockList, isIP } from 'node:net';

/** An IPv4 or IPv6 address, without brackets and without a zone. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

/** 0.0.0.0 or ::, which one can listen on but nobody can send to. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address);
}

/** A DNS host name (RFC 1123 §2.1), or an IPv4 address. */
export function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every(label => /^[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?$/.test(label)) &&
    (!/^[0-9.]+$/.test(text) || isIP(text) === 4)
  );
}

/** `host`, `host:port`, `[IPv6]` or `[IPv6]:port`. */
export function parseAdvertise(text: string): { host: string; port: number | null } | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::([0-9]{1,5}))?$/.exec(text);
  const [, v6, name, portText] = match ?? [];
  const host = v6 ?? name;
  if (host === undefined || !(v6 === undefined ? isHostName(host) : isIP(host) === 6)) return null;
  const port = portText === undefined ? null : Number(portText);
  return port === null || (port >= 1 && port <= 65535) ? { host, port } : null;
}

export function isAdvertise(text: string): boolean {
  return parseAdvertise(text) !== null;
}

export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Null when the text is no range. */
export function parseAddressRange(text: string): AddressRange | null {
  const [address = '', prefixText, ...rest] = text.split('/');
  if (rest.length > 0 || !isAddress(address)) return null;
  const bits = isIP(address) === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^[0-9]{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix <= bits ? { address, prefix, family: bits === 32 ? 'ipv4' : 'ipv6' } : null;
}

/** CIDR notation, or a single address. */
export function isAddressRange(text: string): boolean {
  return parseAddressRange(text) !== null;
}

/**
 * A test whether an address lies in one of the ranges. IPv4 addresses mapped into IPv6 (`::ffff:192.0.2.1`), as a
 * socket that listens on both tells them, count as IPv4.
 *
 * @param ranges as in the configuration; those that are no range match nothing
 */
export function addressMatcher(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseAddressRange(text);
    if (range) list.addSubnet(range.address, range.prefix, range.family);
  }
  return address => {
    const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
