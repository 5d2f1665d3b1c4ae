import { VERSION } from '../pipelines/version.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { isPrivateAddress } from './base/private-address.ts';
import type { Config } from './config/schema.ts';
import { listenerIdentity } from './config/tls-files.ts';
import type { Gatekeeper } from './sip/transport/gatekeeper.ts';
import type { Source } from './sip/transport/hop.ts';
import type { ListenerOptions } from './sip/transport/listener.ts';
import type { TlsClient } from './sip/transport/tls-identity.ts';
import type { Tap } from './sip/transport/transport-layer.ts';
import { UserAgent } from './sip/user-agent/user-agent.ts';

export interface UserAgentParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly tap: Tap;
  readonly gatekeeper: Gatekeeper;
  isTrusted(source: Source): boolean;
  tlsClientFor(serverName: string): TlsClient;
}

/**
 * The SIP stack as the configuration wants it.
 * @throws CrosspointError config.tls-file
 */
export function userAgentOf(config: Config, parts: UserAgentParts): UserAgent {
  const { sip, allowPrivateTargets } = config;
  return new UserAgent({
    ...parts,
    listeners: sip.listeners.map(listenerOptions),
    allowTarget: address => allowPrivateTargets || !isPrivateAddress(address),
    sessionTimer: sessionTimerOf(config),
    name: `Crosspoint/${VERSION}`,
    ...(sip.dnsServers && { dnsServers: sip.dnsServers }),
  });
}

/** RFC 4028, seconds. */
export function sessionTimerOf({ sip: { sessionTimer } }: Config): { intervalS: number; minS: number } {
  return { intervalS: sessionTimer.intervalSeconds, minS: sessionTimer.minSeconds };
}

function listenerOptions(listener: Config['sip']['listeners'][number]): ListenerOptions {
  const { transport, host, port, advertise, learnAddress } = listener;
  const tls = listenerIdentity(listener);
  return { transport, host, port, learnAddress, ...(advertise !== undefined && { advertise }), ...(tls && { tls }) };
}
