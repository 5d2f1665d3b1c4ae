import type { NetworkInterfaceInfo } from 'node:os';

/** The worker takes no more. */
const MAX_ADDRESSES = 16;

/**
 * Addresses of this machine at which others reach it, IPv4 first; those of the loopback where there are no others.
 * Link-local IPv6 addresses are left out: they mean nothing without a zone.
 */
export function ownAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const all = Object.values(interfaces)
    .flatMap(each => each ?? [])
    .filter(({ address }) => !/^fe[89ab]/i.test(address))
    .sort((one, other) => one.family.localeCompare(other.family));
  const reached = all.filter(({ internal }) => !internal);
  const addresses = (reached.length > 0 ? reached : all).map(({ address }) => address);
  return [...new Set(addresses)].slice(0, MAX_ADDRESSES);
}
