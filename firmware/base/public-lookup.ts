import { type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-address.ts';

export interface Reach {
  /** false: loopback, private and link-local addresses are refused, whatever name leads there. */
  readonly allowPrivateTargets: boolean;
  /** getaddrinfo by default. */
  readonly lookup?: LookupFunction;
}

/** Why a connection is not opened; `code` as the system's errors have one. */
export class PrivateAddress extends Error {
  readonly code = 'EPRIVATE';
  constructor() {
    super('the address is private');
  }
}

/** A literal address is connected to without a lookup, so it is looked at before. */
export function mayReach({ hostname }: URL, { allowPrivateTargets }: Reach): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return allowPrivateTargets || isIP(host) === 0 || !isPrivateAddress(host);
}

/**
 * Finds the addresses of which a connection is opened to one, and only those that may be reached: a name that resolves anew
 * in between changes nothing.
 */
export function publicLookup({ allowPrivateTargets, lookup = systemLookup as LookupFunction }: Reach): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const all = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      const allowed = allowPrivateTargets ? all : all.filter(({ address }) => !isPrivateAddress(address));
      const first = allowed[0];
      if (!first) return callback(new PrivateAddress(), []);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
