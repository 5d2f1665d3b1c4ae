import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { isPrivateAddress } from '../../base/private-address.ts';
import type { Config } from '../../config/schema.ts';
import { listenerIdentity } from '../../config/tls-files.ts';
import { UserAgent } from '../../sip/user-agent/user-agent.ts';
import { trunkTls } from '../trunk-tls.ts';

/**
 * The SIP stack of the configuration on free ports, so that a box may run beside it. Sources need no trust: what
 * belongs to a request of ours is heard.
 * @throws CrosspointError config.tls-file, sip.listen-failed
 */
export async function startProbeAgent(config: Config): Promise<UserAgent> {
  const { sip, allowPrivateTargets } = config;
  const agent = new UserAgent({
    listeners: sip.listeners.map(listener => {
      const tls = listenerIdentity(listener);
      const { transport, host, advertise, learnAddress } = listener;
      // A mapped port would lead to the box that runs, not here.
      const shown = advertise?.replace(/:[0-9]+$/, '');
      return { transport, host, port: 0, learnAddress, ...(shown && { advertise: shown }), ...(tls && { tls }) };
    }),
    clock: systemClock,
    log: silentLog,
    isTrusted: () => false,
    allowTarget: address => allowPrivateTargets || !isPrivateAddress(address),
    tlsClientFor: trunkTls(config),
    name: 'Crosspoint trunk-test',
    ...(sip.dnsServers && { dnsServers: sip.dnsServers }),
  });
  await agent.start();
  return agent;
}
