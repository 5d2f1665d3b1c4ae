import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import type { Heard } from '../rig/tones.ts';

const peer = await freePort();
const soft = await freePort();
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      trunks: [
        {
          name: 'quiet',
          targets: [`sip:127.0.0.1:${peer}`],
          optionsSeconds: 0,
          gain: { receiveDb: -10, sendDb: -6 },
        },
        {
          name: 'soft',
          targets: [`sip:127.0.0.1:${soft}`],
          optionsSeconds: 0,
          audioProcessing: { gainControl: true },
        },
      ],
    },
  },
});

function at(heard: Heard, frequencyHz: number, dbov: number): void {
  const [low, high] = [heard.atLeast(frequencyHz), heard.atMost(frequencyHz)];
  assert.ok(low > dbov - 1.5 && high < dbov + 1.5, `${frequencyHz} Hz at ${low} to ${high} dBov, not ${dbov}`);
}

rig.test('the gain of a trunk makes its calls louder or softer, both ways, and is seen in their figures', async () => {
  const { application } = rig.box;
  const onTrunk = await startPhone(rig, { frequencyHz: 400, port: peer });
  const direct = await startPhone(rig, { frequencyHz: 700 });
  const session = await application.createSession();
  const called = await application.dial(session, 'sip:+442071234567@quiet');
  const other = await application.dial(session, direct.uri);
  await Promise.all([onTrunk, direct].map(phone => phone.sip.logged('ANSWERED')));
  const [far, near] = await Promise.all([onTrunk, direct].map(phone => phone.media.listen(2)));
  assert.ok(far && near);
  // Both say their tone at -16 dBov.
  at(near, 400, -26);
  at(far, 700, -22);
  const { received } = await rig.box.mediaOf(called.connectionId);
  assert.ok(Math.abs((received.levelDbov ?? 0) + 16) < 1, `came at ${received.levelDbov} dBov`);
  assert.ok(
    Math.abs((received.processed?.levelDbov ?? 0) + 26) < 1,
    `went on at ${received.processed?.levelDbov} dBov`,
  );
  for (const { connectionId } of [called, other]) await application.hangUp(session, connectionId);
  await rig.box.idle();
});

rig.test(
  'the gain control of a trunk brings a soft caller up, and leaves who is called directly as he is',
  async () => {
    const { application } = rig.box;
    const onTrunk = await startPhone(rig, { frequencyHz: 400, port: soft, levelDbov: -40 });
    const direct = await startPhone(rig, { frequencyHz: 700, levelDbov: -40 });
    const session = await application.createSession();
    const called = await application.dial(session, 'sip:+442071234567@soft');
    const other = await application.dial(session, direct.uri);
    await Promise.all([onTrunk, direct].map(phone => phone.sip.logged('ANSWERED')));
    const [far, near] = await Promise.all([onTrunk, direct].map(phone => phone.media.listen(4)));
    assert.ok(far && near);
    at(far, 700, -40);
    assert.ok(near.atLeast(400) > -34, `the soft one is heard at ${near.atLeast(400)} dBov`);
    const { received } = await rig.box.mediaOf(called.connectionId);
    assert.ok(Math.abs((received.levelDbov ?? 0) + 40) < 1, `came at ${received.levelDbov} dBov`);
    assert.ok((received.processed?.levelDbov ?? -99) > -34, `went on at ${received.processed?.levelDbov} dBov`);
    for (const { connectionId } of [called, other]) await application.hangUp(session, connectionId);
    await rig.box.idle();
  },
);

rig.run();
