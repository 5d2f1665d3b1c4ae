import { formatUri } from '../message/uri.ts';
import type { LocalAddress } from '../transport/listener.ts';

/** Where requests of a dialog reach us (RFC 3261 §8.1.1.8, §12.1.1): the listener that the dialog began on. */
export function contactValue(local: LocalAddress, user: string | null): string {
  const { host, port } = local.advertised;
  const params = new Map(local.transport !== 'udp' ? [['transport', local.transport]] : []);
  return `<${formatUri({ scheme: 'sip', user, password: null, host, port, params, headers: null })}>`;
}
