import { isIP } from 'node:net';

/** A hosts file longer than this is a block list of advertisers, not an operator's note. */
const MAX_LINES = 10_000;

/** The addresses that a hosts file gives a name (hosts(5)), in its order; `name` in lower case. */
export function addressesInHosts(text: string, name: string): string[] {
  const addresses = new Set<string>();
  for (const line of text.split('\n', MAX_LINES)) {
    if (!line.toLowerCase().includes(name)) continue;
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) && names.some(each => each.toLowerCase() === name)) addresses.add(address);
  }
  return [...addresses];
}
