import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { release, reserve } from './reservations.ts';

/** What this process hands out one by one: every other port, as some neighbours (baresip) take the next one too. */
let single: { next: number; last: number } = { next: 1, last: 0 };

/**
 * A port that is free for TCP and UDP on `host` now. Not one that the kernel would hand out: somebody's outgoing
 * connection could have it by the time that it is wanted.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (single.next > single.last) {
      const [next, last] = freeSlots(SLOT);
      single = { next, last };
    }
    const port = single.next;
    single.next += 2;
    if ((await tcpIsFree(port, host)) && (await udpIsFree(port, host))) return port;
  }
  throw new Error(`no free port on ${host}`);
}

function tcpIsFree(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
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
/** Small ranges lie apart, so that they do not cut up the room for large ones. */
const LARGE = { first: 110, last: 289 };
const SMALL = { first: 290, last: 319 };

/** A phone's worth: several of them share a slot. */
const PIECE = 20;
let pieces: { next: number; last: number } = { next: 1, last: 0 };

/**
 * A range of UDP ports that nobody uses, below those that the kernel hands out itself. It is this process's for as long
 * as it lives: whoever else asks, in whatever process, gets another, although a box binds its ports only call by call.
 *
 * @param count even
 */
export function freePortRange(count: number): [first: number, last: number] {
  if (count > PIECE) return freeSlots(count);
  if (pieces.next + count - 1 > pieces.last) {
    const [next, last] = freeSlots(SLOT);
    pieces = { next, last };
  }
  const first = pieces.next;
  pieces.next += count;
  return [first, first + count - 1];
}

function freeSlots(count: number): [first: number, last: number] {
  const slots = Math.ceil(count / SLOT);
  const room = slots === 1 ? SMALL : LARGE;
  const places = room.last - room.first + 2 - slots;
  const start = Math.floor(Math.random() * places);
  const used = boundUdpPorts();
  for (let i = 0; i < places; i++) {
    const slot = room.first + ((start + i) % places);
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
