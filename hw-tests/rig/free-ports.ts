import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import net from 'node:net';

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

/**
 * A range of UDP ports that nobody uses, below the ports that the kernel hands out itself.
 *
 * @param count even
 */
export function freePortRange(count: number): [first: number, last: number] {
  const used = boundUdpPorts();
  const bottom = 20_000;
  const slots = Math.floor((32_000 - bottom) / count);
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = bottom + Math.floor(Math.random() * slots) * count;
    let free = true;
    for (let port = first; port < first + count; port++) free &&= !used.has(port);
    if (free) return [first, first + count - 1];
  }
  throw new Error(`no ${count} free UDP ports in a row`);
}

/** Every UDP port that is bound on this machine, v4 and v6. */
export function boundUdpPorts(): Set<number> {
  return new Set([...localPorts('/proc/net/udp'), ...localPorts('/proc/net/udp6')]);
}

function localPorts(table: string): number[] {
  const lines = readFileSync(table, 'utf8').trim().split('\n').slice(1);
  return lines.map(line => Number.parseInt(line.trim().split(/\s+/)[1]?.split(':')[1] ?? '0', 16));
}
