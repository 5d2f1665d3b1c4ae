import net from 'node:net';
import * as assert from 'uvu/assert';
import { encode } from '../rig/g711.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { writeRtp } from '../rig/rtp.ts';
import { randomBytesOf, seededRandom } from '../rig/seeded-random.ts';
import { RATE, sine } from '../rig/tones.ts';
import { bindUdp, closeUdp } from '../rig/udp-socket.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['builtin'] });
const SEED = 4711;

async function stillServes(): Promise<void> {
  const friend = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  friend.send(friend.request('OPTIONS', 'echo'));
  await until('an answer to OPTIONS', () => friend.received.some(text => text.startsWith('SIP/2.0 200')));
  assert.is(await rig.box.health(), 200);
}

/** A message with a few bytes changed, cut, repeated or inserted. */
function damaged(message: string, random: () => number): Buffer {
  const bytes = Buffer.from(message);
  for (let i = 0; i < 1 + random() * 8; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
  const tail = random() < 0.2 ? randomBytesOf(random, Math.floor(random() * 200)) : Buffer.alloc(0);
  return Buffer.concat([bytes.subarray(0, cut), tail]);
}

rig.test('garbage on the SIP port: 5,000 damaged messages, then everything works', async () => {
  const random = seededRandom(SEED);
  const raw = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  const methods = ['INVITE', 'OPTIONS', 'BYE', 'CANCEL', 'ACK', 'REGISTER'];
  for (let i = 0; i < 5_000; i++) {
    const method = methods[Math.floor(random() * methods.length)] ?? 'INVITE';
    const body = method === 'INVITE' ? raw.offer(4000) : '';
    raw.send(
      random() < 0.1
        ? randomBytesOf(random, Math.floor(random() * 1400))
        : damaged(raw.request(method, 'nobody', { body }), random),
    );
    if (i % 100 === 99) await new Promise(resolve => setTimeout(resolve, 5));
  }
  for (const odd of [
    '',
    '\r\n',
    '\0',
    'SIP/2.0 200 OK\r\n\r\n',
    'x'.repeat(60_000),
    `INVITE ${'sip:'.repeat(10_000)} SIP/2.0\r\n\r\n`,
  ]) {
    raw.send(odd);
  }
  await stillServes();
  await rig.box.idle(40_000);
});

rig.test('garbage on the TCP port ends that connection and no other', async () => {
  const random = seededRandom(SEED);
  const { host, tcpPort } = rig.box.facts.sip;
  const ends = Array.from({ length: 20 }, async (_, i) => {
    const socket = net.connect({ host, port: tcpPort, localAddress: rig.us });
    socket.on('error', () => {});
    socket.resume();
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    if (i % 2 === 0) socket.write(randomBytesOf(random, 70_000));
    else socket.write(`INVITE sip:x@y SIP/2.0\r\nX: ${'y'.repeat(100_000)}`);
    await closed;
  });
  await Promise.all(ends);
  await stillServes();
});

rig.test('garbage on a leg that talks is counted and not heard', async () => {
  const random = seededRandom(SEED);
  const { application } = rig.box;
  const [one, two] = [await startPhone(rig, { frequencyHz: 400 }), await startPhone(rig, { frequencyHz: 700 })];
  const session = await application.createSession();
  const first = await application.dial(session, one.uri);
  const second = await application.dial(session, two.uri);
  await Promise.all([one.sip.logged('ANSWERED'), two.sip.logged('ANSWERED')]);
  await Promise.all([one.media.listen(1), two.media.listen(1)]);

  // From the phone's own address: what passes as RTP at first sight is the harder case.
  const pour = setInterval(() => {
    for (let i = 0; i < 5; i++) {
      one.media.sendRaw(randomBytesOf(random, Math.floor(random() * 300)));
      one.media.sendRaw(
        Buffer.concat([
          Buffer.of(0x80 + Math.floor(random() * 64), 96 + Math.floor(random() * 32)),
          randomBytesOf(random, 60),
        ]),
      );
    }
  }, 20);
  rig.keep({ close: () => clearInterval(pour) });
  hearsExactly(await two.media.listen(2), [400], 700);
  clearInterval(pour);
  const stats = await rig.box.mediaOf(first.connectionId);
  assert.ok(stats.received.discarded > 300, `${stats.received.discarded} discarded`);
  for (const { connectionId } of [first, second]) await application.hangUp(session, connectionId);
  await rig.box.idle();
});

rig.test("a third party's RTP is not heard in a call, even with the right payload type", async () => {
  const { application } = rig.box;
  const [one, two] = [await startPhone(rig, { frequencyHz: 400 }), await startPhone(rig, { frequencyHz: 700 })];
  const session = await application.createSession();
  const first = await application.dial(session, one.uri);
  const second = await application.dial(session, two.uri);
  const media = await one.sip.logged('MEDIA');
  await Promise.all([one.sip.logged('ANSWERED'), two.sip.logged('ANSWERED')]);
  await Promise.all([one.media.listen(1), two.media.listen(1)]);

  const intruder = await bindUdp(rig.us);
  rig.keep({ close: () => closeUdp(intruder) });
  const port = Number(media.split(' ').at(-1));
  let sequence = 0;
  const pour = setInterval(() => {
    const payload = encode('PCMU', sine(1600, -10, sequence * 160, 160));
    const packet = { payloadType: 0, marker: false, ssrc: 1, timestamp: sequence * 160, sequence: sequence++, payload };
    intruder.send(writeRtp(packet), port, rig.box.facts.sip.host);
  }, 20);
  rig.keep({ close: () => clearInterval(pour) });
  const heard = await two.media.listen(2);
  hearsExactly(heard, [400], 700);
  assert.ok(heard.atMost(1600) < -60, `the intruder is heard at ${heard.atMost(1600)} dBov`);
  assert.ok(sequence > RATE / 160, 'the intruder did send');
  assert.ok((await rig.box.mediaOf(first.connectionId)).received.discarded > 40);
  for (const { connectionId } of [first, second]) await application.hangUp(session, connectionId);
  await rig.box.idle();
});

rig.run();
