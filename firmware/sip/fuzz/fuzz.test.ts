import { createSocket } from 'node:dgram';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mutate, seededRandom } from '../message/mutations.ts';
import { RFC_4475, torture } from '../message/torture.samples.ts';
import { SOURCE, Victim } from '../user-agent/victim.fixture.ts';
import { CALLS } from './agent-seeds.ts';
import { damage } from './damage.ts';
import { DESCRIPTIONS } from './description-target.ts';
import { lineOf, MOST_MS, TARGETS } from './fuzz.ts';
import { runTarget } from './run-target.ts';

/** A minute in all, and ten seconds for descriptions; `npm run fuzz:sip` goes on for longer. */
const PIECE_MS = 60_000 / TARGETS.length;
const DESCRIPTIONS_MS = 10_000;
const SEED = 4475;
/** Caches and compiled code settle; a leak of a byte for each input would be more. */
const MOST_GROWTH_BYTES = 4 * 1024 * 1024;

for (const target of TARGETS) {
  test(`${target.name}: whatever comes is read or refused with a typed error, quickly, and nothing is kept`, async () => {
    const milliseconds = target === DESCRIPTIONS ? DESCRIPTIONS_MS : PIECE_MS;
    const report = await runTarget(target, { milliseconds, seed: SEED, mostMs: MOST_MS });
    console.log(lineOf(report));
    assert.ok(report.inputs > 1000, 'there was time for many inputs');
    assert.ok(report.read > 0 && report.read < report.inputs, 'both ends of the road were walked');
    assert.ok(report.grownBytes < MOST_GROWTH_BYTES, `${report.grownBytes} bytes more on the heap`);
  });
}

test('an agent that is sent damaged calls lives, and holds nothing when their time is over', async () => {
  const victim = await new Victim().start();
  const random = seededRandom(SEED);
  const answers = [180, 183, 200, 486, 503];
  const open: (() => void)[] = [];
  victim.agent.onInvite = invite => {
    const status = answers[Math.floor(random() * answers.length)] ?? 486;
    if (status >= 300) invite.reject(status);
    else if (status === 200) {
      const dialog = invite.accept(Buffer.from('v=0\r\n'));
      open.push(() => void dialog?.bye());
    } else {
      invite.progress(status, Buffer.from('v=0\r\n'), [], true);
      open.push(() => invite.reject(480));
    }
  };
  // Whoever owns a call ends it.
  const rest = async () => {
    for (const end of open.splice(0)) end();
    await victim.restsAndHoldsNothing();
  };
  victim.agent.onRequest = request => (random() < 0.9 ? request.respond(200) : undefined);
  const socket = createSocket('udp4');
  await new Promise<void>(bound => socket.bind(0, SOURCE, bound));
  const torturing = RFC_4475.map(torture);
  const deadline = performance.now() + PIECE_MS;
  let sent = 0;
  while (performance.now() < deadline) {
    const { bytes: guard, answered } = victim.guard();
    // No more than the socket's buffer holds.
    for (let i = 0; i < 50; i++) {
      const whole = random() < 0.3;
      const call = CALLS[Math.floor(random() * CALLS.length)] ?? Buffer.alloc(0);
      const input = whole ? call : random() < 0.7 ? mutate(call, random) : damage(torturing, random);
      socket.send(input, victim.port('udp'), '127.0.0.1');
    }
    sent += 50;
    socket.send(guard, victim.port('udp'), '127.0.0.1');
    await answered;
    if (random() < 0.1) await rest();
    else victim.sent.length = 0;
  }
  await rest();
  const { received, malformed } = victim.agent.counters;
  console.log(`an agent: ${sent} messages sent, ${received} taken, ${malformed} of them refused as malformed`);
  assert.ok(received > 1000 && malformed > 100);
  await new Promise<void>(closed => socket.close(closed));
  await victim.close();
});

test.run();
