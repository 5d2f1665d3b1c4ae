import { hostname } from 'node:os';
import { isUnspecified } from '../config/address.ts';
import type { Config } from '../config/schema.ts';
import { formatHostPort } from '../sip/message/host-port.ts';

/** Where applications reach the box, without a path. */
export function originOf({ host, port, tls }: Pick<Config['http'], 'host' | 'port' | 'tls'>): string {
  // Nobody can open an address that is only listened on.
  const at = formatHostPort(isUnspecified(host) ? hostname() : host, port);
  return `${tls.mode === 'off' ? 'http' : 'https'}://${at}`;
}
