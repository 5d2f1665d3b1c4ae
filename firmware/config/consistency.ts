import { isUnspecified } from './address.ts';
import { DEVICE_PROJECT } from './projects.ts';
import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

/** What no single key can be wrong about: keys that contradict each other. */
export function inconsistencies(config: Omit<Config, 'box'>): Mismatch[] {
  return [...portRange(config), ...listeners(config), ...mediaAddress(config), ...brokers(config), ...projects(config)];
}

function portRange({ media }: Omit<Config, 'box'>): Mismatch[] {
  const [low, high] = media.ports;
  const path = ['media', 'ports'];
  if (low >= high) return [{ path, message: `the first port (${low}) must be lower than the last (${high})` }];
  // RFC 3550 §11: RTP takes an even port, RTCP the next one.
  if (low % 2 !== 0) return [{ path, message: `the first port must be even, got ${low}` }];
  return [];
}

function listeners({ sip }: Omit<Config, 'box'>): Mismatch[] {
  const seen = new Set<string>();
  return sip.listeners.flatMap(({ transport, host, port, advertise }, index) => {
    const path = ['sip', 'listeners', index];
    const found: Mismatch[] = [];
    const name = `${transport} ${host} port ${port}`;
    if (seen.has(name)) found.push({ path, message: `a second listener on ${name}` });
    seen.add(name);
    if (isUnspecified(host) && advertise === undefined)
      found.push({ path, message: `a listener on ${host} needs advertise: nobody can answer to ${host}` });
    return found;
  });
}

function mediaAddress({ media }: Omit<Config, 'box'>): Mismatch[] {
  const path = ['media', media.advertise === undefined ? 'host' : 'advertise'];
  const address = media.advertise ?? media.host;
  if (!isUnspecified(address)) return [];
  return [{ path, message: `media on ${address} needs advertise: SDP must tell an address that can be sent to` }];
}

function brokers({ mqtt }: Omit<Config, 'box'>): Mismatch[] {
  if (mqtt.embedded !== undefined && mqtt.url !== undefined)
    return [{ path: ['mqtt'], message: 'expected embedded or url, got both' }];
  if (mqtt.embedded === undefined && mqtt.url === undefined)
    return [{ path: ['mqtt'], message: 'expected embedded or url, got neither' }];
  return [];
}

function projects({ projects = [] }: Omit<Config, 'box'>): Mismatch[] {
  const seen = new Set<string>();
  return projects.flatMap(({ opentok: { apiKey } }, index) => {
    const path = ['projects', index, 'opentok', 'apiKey'];
    const found: Mismatch[] = [];
    if (seen.has(apiKey)) found.push({ path, message: `"${apiKey}" is the key of another project above` });
    seen.add(apiKey);
    if (apiKey === DEVICE_PROJECT) found.push({ path, message: `"${DEVICE_PROJECT}" is kept for the box itself` });
    return found;
  });
}
