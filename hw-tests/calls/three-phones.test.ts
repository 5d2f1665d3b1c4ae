import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

rig.test('three phones in a session: each hears exactly the others, and never itself', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phones = [
    await startPhone(rig, { frequencyHz: 400 }),
    await startPhone(rig, { frequencyHz: 700, law: 'PCMA' }),
    await startPhone(rig, { frequencyHz: 1250 }),
  ];
  const calls = await Promise.all(phones.map(phone => application.dial(session, phone.uri)));
  await Promise.all(phones.map(phone => phone.sip.logged('ANSWERED')));

  const heard = await Promise.all(phones.map(phone => phone.media.listen(2)));
  const tones = phones.map(phone => phone.media.frequencyHz);
  heard.forEach((sound, i) => {
    const own = tones[i] ?? 0;
    hearsExactly(
      sound,
      tones.filter(tone => tone !== own),
      own,
    );
  });

  const [first, second, third] = calls;
  await application.hangUp(session, first?.connectionId ?? '');
  await phones[0]?.sip.succeeded();
  // Those who stay hear each other, and no longer the one who left.
  const [secondHeard, thirdHeard] = await Promise.all(phones.slice(1).map(phone => phone.media.listen(2)));
  assert.ok(secondHeard && thirdHeard);
  hearsExactly(secondHeard, [1250], 400);
  hearsExactly(thirdHeard, [700], 400);

  for (const call of [second, third]) await application.hangUp(session, call?.connectionId ?? '');
  for (const { connectionId } of calls) {
    assert.equal((await rig.webhook.story(connectionId)).map(briefly), [
      'callCreated',
      'DIALING',
      'RINGING',
      'ACTIVE',
      'HANGUP',
      'callDestroyed 700',
    ]);
  }
  await rig.box.idle();
});

rig.test('phones of two sessions do not hear each other', async () => {
  const { application } = rig.box;
  const pairs = [
    [400, 700],
    [1000, 1300],
  ] as const;
  const phones = await Promise.all(
    pairs.map(async tones => {
      const session = await application.createSession();
      const [one, other] = await Promise.all(tones.map(frequencyHz => startPhone(rig, { frequencyHz })));
      assert.ok(one && other);
      const calls = await Promise.all([one, other].map(phone => application.dial(session, phone.uri)));
      return { session, one, other, calls };
    }),
  );
  await Promise.all(phones.flatMap(({ one, other }) => [one.sip.logged('ANSWERED'), other.sip.logged('ANSWERED')]));
  await Promise.all(
    phones.map(async ({ one, other }) => {
      const [oneHeard, otherHeard] = await Promise.all([one.media.listen(2), other.media.listen(2)]);
      hearsExactly(oneHeard, [other.media.frequencyHz], one.media.frequencyHz);
      hearsExactly(otherHeard, [one.media.frequencyHz], other.media.frequencyHz);
    }),
  );
  for (const { session, calls } of phones) {
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  }
  await rig.box.idle();
});

rig.run();
