import { pino } from 'pino';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from './lossy-relay.fixture.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import { ANSWER, accepted, emptied, FAST_TIMERS, NOTHING, place, startAgent } from './user-agent.fixture.ts';

const MESSAGES = 5000;
/** What breaks parsers: delimiters, quotes, numbers out of range, other lines. */
const SPLINTERS = [
  '\r\n',
  ',',
  ';',
  '"',
  '<',
  '>',
  '=',
  '%',
  '99999999999',
  '-1',
  '\0',
  'é',
  ' ',
  '\t',
  ';tag=',
  '\r\n ',
];

function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const length = Math.floor(random() * 12);
  const splinter = SPLINTERS[Math.floor(random() * SPLINTERS.length)]!;
  const mutated = text.slice(0, at) + (random() < 0.7 ? splinter : '') + text.slice(at + length);
  return random() < 0.5 ? mutate(mutated, random) : mutated;
}

test(`${MESSAGES} broken messages of a trusted source are answered or dropped, and leave nothing`, async () => {
  const faults: string[] = [];
  const log = pino({ level: 'error' }, { write: line => void faults.push(line) });
  const agent = await startAgent({ log, timers: { ...FAST_TIMERS, t1: 2, t2: 8, t4: 8 } });
  const peer = await new RawPeer().start();
  const port = agent.listening[0]!.port;
  agent.onInvite = invite => {
    invite.ring();
    if (invite.calledUser.length % 2 === 0) invite.accept(ANSWER);
    else invite.reject(486);
  };
  const placed = place(agent, peer.port);
  const ours = await peer.request('INVITE');
  const callId = ours.headers.get('Call-ID')!;
  const via = ours.headers.get('Via')!;
  const [from, to] = [ours.headers.get('From')!, ours.headers.get('To')!];
  const answer = (status: number) =>
    `SIP/2.0 ${status} X\r\nVia: ${via}\r\nFrom: ${from}\r\nTo: ${to};tag=t\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n` +
    `Contact: <sip:raw@127.0.0.1:${peer.port}>\r\nRecord-Route: <sip:127.0.0.1:${peer.port};lr>\r\nContent-Length: 0\r\n\r\n`;
  const random = seededRandom(4475);
  const whole = ['INVITE', 'OPTIONS', 'BYE', 'CANCEL', 'ACK', 'INFO', 'REGISTER'];
  for (let i = 0; i < MESSAGES; i++) {
    const method = whole[i % whole.length]!;
    const parts = { callId: `g${i % 50}`, branch: `z9hG4bK${i % 90}`, cseq: i % 7, ...(i % 3 ? {} : { toTag: 'x' }) };
    const text =
      i % 5 === 0 ? answer([180, 183][i % 2]!) : peer.requestText(method, { ...parts, user: 'u'.repeat(1 + (i % 3)) });
    peer.send(mutate(text, random), port);
    // Not more than the socket's buffer holds at a time.
    if (i % 50 === 49) await new Promise<void>(next => setImmediate(next));
  }
  // Still there, and the call that was under way all the time can be answered.
  peer.send(peer.requestText('OPTIONS', { callId: 'last', branch: 'z9hG4bKlast' }), port);
  await peer.next(each => each.kind === 'response' && each.headers.get('Call-ID') === 'last' && each.status === 200);
  assert.ok(agent.counters.received > 1000);
  assert.ok(agent.counters.malformed > 100);
  if (placed.outcomes.length === 0) {
    peer.send(answer(200), port);
    const { dialog } = await accepted(placed);
    void dialog.bye();
  }
  assert.equal(faults, []);
  assert.equal(await emptied(agent), NOTHING);
  await Promise.all([agent.close(), peer.close()]);
});

test.run();
