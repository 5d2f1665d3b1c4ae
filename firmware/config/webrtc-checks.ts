import { isUnspecified } from './address.ts';
import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

/** The UDP ports of WebRTC media that are taken already, and addresses that nobody can send to. */
export function webrtcProblems({ webrtc, media, sip }: Pick<Config, 'webrtc' | 'media' | 'sip'>): Mismatch[] {
  const { enabled, port, hosts = [], advertise = [] } = webrtc;
  if (!enabled) return [];
  const last = port + media.workers - 1;
  const span = last === port ? `${port}` : `${port} to ${last} (a port for each worker)`;
  const path = ['webrtc', 'port'];
  const [low, high] = media.ports;
  const found: Mismatch[] = [];
  if (last > 65_535) found.push({ path, message: `${span} goes beyond 65535` });
  if (port <= high && last >= low) found.push({ path, message: `${span} lies in media.ports, ${low} to ${high}` });
  for (const listener of sip.listeners)
    if (listener.transport === 'udp' && listener.port >= port && listener.port <= last)
      found.push({ path, message: `${span} is taken by the sip listener on udp port ${listener.port}` });
  for (const [key, addresses] of Object.entries({ hosts, advertise }))
    for (const [index, address] of addresses.entries())
      if (isUnspecified(address))
        found.push({
          path: ['webrtc', key, index],
          message: `expected an address that can be sent to, got ${address}`,
        });
  return found;
}
