import { BlockList, isIP } from 'node:net';

/** IANA special-purpose registries (RFC 6890 and successors): what is not a host on the public Internet. */
const ranges4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Besides the plain ones: prefixes that carry an IPv4 address inside (NAT64, 6to4, Teredo, "compatible"). */
const ranges6 = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

// BlockList matches IPv4-mapped IPv6 addresses against the IPv4 rules by itself.
const list = new BlockList();
for (const [address, bits] of ranges4) list.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of ranges6) list.addSubnet(address, bits, 'ipv6');

/** Whether an IP address is loopback, private, link-local or otherwise not a public host's; true for what is no address. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  switch (isIP(bare)) {
    case 4:
      return list.check(bare, 'ipv4');
    case 6:
      return list.check(bare, 'ipv6');
    default:
      return true;
  }
}
