import { isAddress, isUnspecified, parseAdvertise } from './address.ts';
import { mqttProblems } from './mqtt-checks.ts';
import { numberProblems } from './number-checks.ts';
import { projectProblems } from './project-checks.ts';
import type { Config } from './schema.ts';
import type { ListenerConfig } from './sip-schema.ts';
import { trunkProblems } from './trunk-checks.ts';
import type { Mismatch } from './validate.ts';
import { webrtcProblems } from './webrtc-checks.ts';
import type { Path } from './yaml-source.ts';

/** What no single key can be wrong about: keys that contradict each other. */
export function inconsistencies(config: Omit<Config, 'box'>): Mismatch[] {
  const checks = [
    https,
    portRange,
    listeners,
    sessionTimer,
    nameServers,
    mediaAddress,
    webrtcProblems,
    mqttProblems,
    projectProblems,
    trunkProblems,
    numberProblems,
  ];
  return checks.flatMap(check => check(config));
}

function https({ http: { plain, tls } }: Omit<Config, 'box'>): Mismatch[] {
  const path = ['http', 'tls'];
  const found = (['certificateFile', 'keyFile'] as const).flatMap((file): Mismatch[] => {
    if (tls.mode === 'files') return tls[file] === undefined ? [{ path, message: `mode files needs ${file}` }] : [];
    return tls[file] === undefined
      ? []
      : [{ path: [...path, file], message: `${file} is for mode files, not ${tls.mode}` }];
  });
  if (tls.mode === 'off' && plain === 'never')
    found.push({ path: ['http'], message: 'with plain never and tls.mode off nobody could speak to the box' });
  return found;
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
  return sip.listeners.flatMap((listener, index) => {
    const { transport, host, port, advertise, learnAddress } = listener;
    const path = ['sip', 'listeners', index];
    const found: Mismatch[] = [];
    // TLS takes the same port as TCP.
    const name = `${transport === 'tls' ? 'tcp' : transport} ${host} port ${port}`;
    if (seen.has(name)) found.push({ path, message: `a second listener on ${name}` });
    seen.add(name);
    if (isUnspecified(host) && advertise === undefined)
      found.push({ path, message: `a listener on ${host} needs advertise: nobody can answer to ${host}` });
    if (learnAddress && advertise !== undefined)
      found.push({ path, message: 'expected advertise or learnAddress, got both' });
    return [...found, ...listenerCertificates(listener, path)];
  });
}

function listenerCertificates(listener: ListenerConfig, path: Path): Mismatch[] {
  const files = ['certificateFile', 'keyFile', 'clientCaFile'] as const;
  if (listener.transport !== 'tls')
    return files
      .filter(file => listener[file] !== undefined)
      .map(file => ({ path: [...path, file], message: `${file} is for transport tls, not ${listener.transport}` }));
  return files
    .filter(file => file !== 'clientCaFile' && listener[file] === undefined)
    .map(file => ({ path, message: `a tls listener needs ${file}` }));
}

function sessionTimer({ sip }: Omit<Config, 'box'>): Mismatch[] {
  const { intervalSeconds, minSeconds } = sip.sessionTimer;
  if (intervalSeconds >= minSeconds) return [];
  const message = `intervalSeconds (${intervalSeconds}) must not be below minSeconds (${minSeconds})`;
  return [{ path: ['sip', 'sessionTimer'], message }];
}

/** A name server found by name would have to be asked for itself. */
function nameServers({ sip }: Omit<Config, 'box'>): Mismatch[] {
  return (sip.dnsServers ?? []).flatMap((text, index) => {
    const host = parseAdvertise(text)?.host ?? '';
    if (isAddress(host)) return [];
    return [{ path: ['sip', 'dnsServers', index], message: 'expected an IP address or IP:port, got a name' }];
  });
}

function mediaAddress({ media }: Omit<Config, 'box'>): Mismatch[] {
  const path = ['media', media.advertise === undefined ? 'host' : 'advertise'];
  const address = media.advertise ?? media.host;
  if (!isUnspecified(address)) return [];
  return [{ path, message: `media on ${address} needs advertise: SDP must tell an address that can be sent to` }];
}
