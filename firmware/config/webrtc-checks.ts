import { isUnspecified } from './address.ts';
import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

type Checked = Pick<Config, 'webrtc' | 'media' | 'sip' | 'http' | 'mqtt'>;

/** The ports of WebRTC media that are taken already, and addresses that nobody can send to. */
export function webrtcProblems(config: Checked): Mismatch[] {
  const { enabled, hosts = [], advertise = [] } = config.webrtc;
  if (!enabled) return [];
  const found = [...udpProblems(config), ...tcpProblems(config)];
  for (const [key, addresses] of Object.entries({ hosts, advertise }))
    for (const [index, address] of addresses.entries())
      if (isUnspecified(address))
        found.push({
          path: ['webrtc', key, index],
          message: `expected an address that can be sent to, got ${address}`,
        });
  return found;
}

/** A port for each worker. */
function portsFrom(port: number, { media }: Checked) {
  const last = port + media.workers - 1;
  return { last, span: last === port ? `${port}` : `${port} to ${last} (a port for each worker)` };
}

function udpProblems(config: Checked): Mismatch[] {
  const { port } = config.webrtc;
  const { last, span } = portsFrom(port, config);
  const path = ['webrtc', 'port'];
  const [low, high] = config.media.ports;
  const found: Mismatch[] = [];
  if (last > 65_535) found.push({ path, message: `${span} goes beyond 65535` });
  if (port <= high && last >= low) found.push({ path, message: `${span} lies in media.ports, ${low} to ${high}` });
  for (const listener of config.sip.listeners)
    if (listener.transport === 'udp' && listener.port >= port && listener.port <= last)
      found.push({ path, message: `${span} is taken by the sip listener on udp port ${listener.port}` });
  return found;
}

function tcpProblems(config: Checked): Mismatch[] {
  const { webrtc, sip, http, mqtt } = config;
  const { tcpPort = webrtc.port } = webrtc;
  if (tcpPort === 0) return [];
  const { last, span } = portsFrom(tcpPort, config);
  const path = ['webrtc', 'tcpPort'];
  const taken = [
    { name: 'http.port', port: http.port },
    ...(mqtt.embedded ? [{ name: 'mqtt.embedded.port', port: mqtt.embedded.port }] : []),
    ...sip.listeners
      .filter(({ transport }) => transport !== 'udp')
      .map(({ transport, port }) => ({ name: `the sip listener on ${transport} port ${port}`, port })),
  ];
  const found = taken
    .filter(({ port }) => port >= tcpPort && port <= last)
    .map(({ name }) => ({ path, message: `${span} is taken by ${name}` }));
  if (last > 65_535 && webrtc.tcpPort !== undefined) found.push({ path, message: `${span} goes beyond 65535` });
  return found;
}
