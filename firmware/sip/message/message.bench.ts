// What reading and writing a typical INVITE costs: npx tsx firmware/sip/message/message.bench.ts
import { INVITE } from './message.samples.ts';
import { tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { parseVia } from './via.ts';

const ROUNDS = 50_000;

function microseconds(work: () => void): number {
  for (let i = 0; i < ROUNDS; i++) work();
  const before = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}

const datagram = Buffer.from(INVITE);
const message = parseMessage(datagram);
const report = (what: string, work: () => void) => console.log(`${what}: ${microseconds(work).toFixed(2)} µs CPU`);

report(`parse an INVITE of ${datagram.length} bytes`, () => parseMessage(datagram));
report('parse it and read Via, both tags, Call-ID', () => {
  const { headers } = parseMessage(datagram);
  parseVia(headers.get('Via') ?? '');
  tagOf(headers.get('From') ?? '');
  tagOf(headers.get('To') ?? '');
  headers.get('Call-ID');
});
report('serialise it', () => serialise(message));
