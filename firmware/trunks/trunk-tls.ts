import type { Config } from '../config/schema.ts';
import { tlsClient } from '../config/tls-files.ts';
import type { TlsClient } from '../sip/transport/tls-identity.ts';
import { parseForwardTarget } from './forward-target.ts';

/**
 * How TLS connections are secured that we open, by the host that is connected to: as its trunk says, else as `sip.tls`.
 * Of two trunks with one host the first one counts.
 * @returns a user agent's `tlsClientFor`
 * @throws CrosspointError config.tls-file; every file is read now
 */
export function trunkTls({ sip, trunks }: Pick<Config, 'sip' | 'trunks'>): (serverName: string) => TlsClient {
  const general = tlsClient(sip.tls);
  const byHost = new Map<string, TlsClient>();
  for (const { tls, targets, register } of trunks) {
    const client = tlsClient(sip.tls, tls);
    for (const text of [...targets, ...(register?.registrar === undefined ? [] : [register.registrar])]) {
      const target = parseForwardTarget(text);
      if (target.kind === 'uri' && !byHost.has(target.uri.host)) byHost.set(target.uri.host, client);
    }
  }
  return serverName => byHost.get(serverName.toLowerCase()) ?? general;
}

/**
 * Trunks that are called over TLS by a box that does not listen for it: a peer that opens a connection of its own for
 * what it has to say, as proxies do, could not hang up.
 */
export function unreachableOverTls({ sip, trunks }: Pick<Config, 'sip' | 'trunks'>): string[] {
  if (sip.listeners.some(({ transport }) => transport === 'tls')) return [];
  const isTls = (text: string) => {
    const target = parseForwardTarget(text);
    return target.kind === 'uri' && (target.transport === 'tls' || target.uri.scheme === 'sips');
  };
  return trunks.filter(({ targets }) => targets.some(isTls)).map(({ name }) => name);
}
