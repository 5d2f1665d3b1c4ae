import { isIP } from 'node:net';
import { systemClock } from '../../base/clock.ts';
import { isCrosspointError, messageOf } from '../../base/errors.ts';
import { isPrivateAddress } from '../../base/private-address.ts';
import type { Config } from '../../config/schema.ts';
import { formatHostPort } from '../../sip/message/host-port.ts';
import type { SipUri } from '../../sip/message/uri.ts';
import { CachedNames } from '../../sip/resolver/cached-names.ts';
import { HopFailures } from '../../sip/resolver/hop-failures.ts';
import type { NameService } from '../../sip/resolver/name-service.ts';
import { resolveTargets } from '../../sip/resolver/resolver.ts';
import { SystemNames } from '../../sip/resolver/system-names.ts';
import type { Hop } from '../../sip/transport/hop.ts';
import { type LocalAddress, localFor } from '../../sip/transport/listener.ts';
import { adviceForCode } from './advice.ts';
import { failed, ok, type Step } from './step.ts';

export interface DnsResult {
  readonly step: Step;
  /** In the order to try. */
  readonly hops: readonly Hop[];
}

/** Looks a target up as a call would (RFC 3263), and tells what the name system said on the way. */
export async function dnsStep(uri: SipUri, config: Config, listening: readonly LocalAddress[]): Promise<DnsResult> {
  const system = new SystemNames({ servers: config.sip.dnsServers ?? [], hostsFile: '/etc/hosts' });
  const names = new CachedNames(system, systemClock);
  const saw: string[] = [];
  try {
    const reaches = ({ transport, address }: Pick<Hop, 'transport' | 'address'>) =>
      localFor(listening, { transport, address }, null) !== null;
    const hops = await resolveTargets(uri, {
      clock: systemClock,
      names: watched(names, saw),
      failures: new HopFailures(systemClock),
      random: Math.random,
      allowTarget: address => config.allowPrivateTargets || !isPrivateAddress(address),
      reaches: (transport, address) => reaches({ transport, address }),
    });
    const unreached = hops.find(hop => !reaches(hop));
    if (unreached) {
      const { transport, address } = unreached;
      const what = `there is no listener for ${transport} over ${address.includes(':') ? 'IPv6' : 'IPv4'}`;
      return { step: failed('dns', [what, ...saw], adviceForCode('sip.transport-unsupported')), hops: [] };
    }
    const places = hops.map(({ transport, address, port }) => `${transport} ${formatHostPort(address, port)}`);
    const first = isIP(uri.host)
      ? 'an address, nothing to look up'
      : `${uri.host}, tried in this order: ${places.join(', ')}`;
    return { step: ok('dns', first, ...saw), hops };
  } catch (error) {
    const code = isCrosspointError(error) ? error.code : '';
    return { step: failed('dns', [messageOf(error), ...saw], adviceForCode(code)), hops: [] };
  } finally {
    system.close();
  }
}

/** Writes down each question with its answer. */
function watched(names: NameService, saw: string[]): NameService {
  const note = async <T>(question: string, answer: Promise<readonly T[]>, text: (record: T) => string) => {
    try {
      const records = await answer;
      saw.push(`${question}: ${records.length === 0 ? 'nothing' : records.map(text).join(', ')}`);
    } catch (error) {
      saw.push(`${question}: ${messageOf(error)}`);
    }
    return answer;
  };
  return {
    naptr: name =>
      note(
        `NAPTR ${name}`,
        names.naptr(name),
        ({ order, preference, service, replacement }) => `${order} ${preference} ${service} ${replacement}`,
      ),
    srv: name =>
      note(
        `SRV ${name}`,
        names.srv(name),
        ({ priority, weight, target, port }) => `${priority} ${weight} ${target}:${port}`,
      ),
    addresses: name => note(`A/AAAA ${name}`, names.addresses(name), address => address),
    pinned: name => names.pinned(name),
  };
}
