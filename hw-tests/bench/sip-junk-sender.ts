/** Ordered to, sends junk to a UDP port at a rate, half of it from a source that the box knows, half from a stranger. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bindUdp } from '../rig/udp-socket.ts';
import { junkPackets } from './sip-junk-packets.ts';

export interface JunkOrder {
  readonly port: number;
  /** Packets a second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface JunkReport {
  readonly sent: number;
  readonly seconds: number;
}

const sources = await Promise.all(
  ['127.0.0.1', '127.0.0.2'].map(async address => ({ socket: await bindUdp(address), packets: junkPackets(address) })),
);
// The answers to what can be understood are nobody's business.
for (const { socket } of sources) socket.on('message', () => {});

async function send({ port, rate, seconds }: JunkOrder): Promise<JunkReport> {
  const total = Math.round(rate * seconds);
  const begun = performance.now();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, ((performance.now() - begun) * rate) / 1000);
    for (; sent < due; sent++) {
      const source = sources[sent % sources.length];
      const packet = source?.packets[(sent >> 1) % source.packets.length];
      if (packet) source.socket.send(packet, port, '127.0.0.1');
    }
    await sleep(1);
  }
  return { sent, seconds: (performance.now() - begun) / 1000 };
}

process.on('message', (order: JunkOrder) => void send(order).then(report => process.send?.(report)));
process.on('disconnect', () => process.exit());
process.send?.({});
