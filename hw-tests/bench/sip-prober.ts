/** Ordered to, asks a SIP port for its OPTIONS at a rate and notes how long each answer takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bindUdp } from '../rig/udp-socket.ts';

export interface ProbeOrder {
  readonly port: number;
  /** OPTIONS a second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface ProbeReport {
  readonly asked: number;
  /** Milliseconds of each that was answered 200. */
  readonly answeredMs: readonly number[];
}

const LAST_MS = 1_000;
const socket = await bindUdp('127.0.0.1');
const waiting = new Map<string, number>();
const answeredMs: number[] = [];
socket.on('message', datagram => {
  const at = performance.now();
  const text = datagram.toString('latin1');
  const callId = /^Call-ID: (.*)\r$/im.exec(text)?.[1] ?? '';
  const asked = waiting.get(callId);
  if (asked === undefined || !text.startsWith('SIP/2.0 200 ')) return;
  waiting.delete(callId);
  answeredMs.push(at - asked);
});

function ask(port: number, index: number): void {
  const callId = `probe-${process.pid}-${performance.now()}`;
  const from = `127.0.0.1:${socket.address().port}`;
  const request = [
    `OPTIONS sip:echo@127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from};branch=z9hG4bK${callId}`,
    'Max-Forwards: 70',
    `From: <sip:probe@${from}>;tag=${index}`,
    `To: <sip:echo@127.0.0.1:${port}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  waiting.set(callId, performance.now());
  socket.send(request, port, '127.0.0.1');
}

async function probe({ port, rate, seconds }: ProbeOrder): Promise<ProbeReport> {
  const total = Math.round(rate * seconds);
  const begun = performance.now();
  waiting.clear();
  answeredMs.length = 0;
  for (let asked = 0; asked < total; asked++) {
    ask(port, asked);
    await sleep(Math.max(0, ((asked + 1) * 1000) / rate - (performance.now() - begun)));
  }
  await sleep(LAST_MS);
  return { asked: total, answeredMs: [...answeredMs] };
}

process.on('message', (order: ProbeOrder) => void probe(order).then(report => process.send?.(report)));
process.on('disconnect', () => process.exit());
process.send?.({});
