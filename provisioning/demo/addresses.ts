import { isUnspecified } from '../../firmware/config/address.ts';

/** The address to connect to where the configuration says "every address". */
export function reachable(host: string): string {
  if (!isUnspecified(host)) return host;
  return host.includes(':') ? '::1' : '127.0.0.1';
}
