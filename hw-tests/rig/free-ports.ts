import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { release, reserve } from './reservations.ts';

/** A port that is free for TCP and UDP on `host` now. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = net.createServer();
      server.once('error', reject);
      server.listen(0, host, () => {
        const { port } = server.address() as net.AddressInfo;
        server.close(() => resolve(port));
      });
    });
    if (await udpIsFree(port, host)) return port;
  }
  throw new Error(`no free port on ${host}`);
}

function udpIsFree(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}

const SLOT = 100;
const FIRST_SLOT = 200;
const LAST_SLOT = 319;

/**
 * A range of UDP ports that nobody uses, below those that the kernel hands out itself. It is this process's for as long
 * as it lives: whoever else asks, in whatever process, gets another, although a box binds its ports only call by call.
 *
 * @param count even
 */
export function freePortRange(count: number): [first: number, last: number] {
  const slots = Math.ceil(count / SLOT);
  const places = LAST_SLOT - FIRST_SLOT + 2 - slots;
  const start = Math.floor(Math.random() * places);
  const used = boundUdpPorts();
  for (let i = 0; i < places; i++) {
    const slot = FIRST_SLOT + ((start + i) % places);
    const first = slot * SLOT;
    const isUsed = Array.from({ length: count }, (_, offset) => first + offset).some(port => used.has(port));
    if (!isUsed && reserveAll(slot, slots)) return [first, first + count - 1];
  }
  throw new Error(`no ${count} free UDP ports in a row`);
}

function reserveAll(slot: number, count: number): boolean {
  for (let taken = 0; taken < count; taken++) {
    if (reserve(`slot-${slot + taken}`)) continue;
    while (taken-- > 0) release(`slot-${slot + taken}`);
    return false;
  }
  return true;
}

/** Every UDP port that is bound on this machine, v4 and v6. */
export function boundUdpPorts(): Set<number> {
  return new Set([...localPorts('/proc/net/udp'), ...localPorts('/proc/net/udp6')]);
}

function localPorts(table: string): number[] {
  const lines = readFileSync(table, 'utf8').trim().split('\n').slice(1);
  return lines.map(line => Number.parseInt(line.trim().split(/\s+/)[1]?.split(':')[1] ?? '0', 16));
}
