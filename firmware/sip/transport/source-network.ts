/**
 * What one host owner holds at least: an IPv4 address, or an IPv6 /64 (any of whose addresses a host can take).
 * Limits per source count by it.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  // A /64 is within the first four groups; "::" stands for the zeros that are missing to eight.
  while (tail !== undefined && groups.length + after < 8) groups.push('0');
  if (tail !== undefined && groups.length < 4) groups.push(...tail.split(':'));
  return `${groups.slice(0, 4).join(':')}::/64`;
}
