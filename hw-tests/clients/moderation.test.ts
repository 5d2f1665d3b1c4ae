import * as assert from 'uvu/assert';
import { called } from '../../firmware/api/testing/opentok-sdk.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { connectionOf, enter } from './clients-rig.ts';

const rig = new Rig({
  needs: ['own'],
  box: { clientsMayDial: true, policy: { denyPrefixes: ['+44'], calls: 1 } },
});

rig.test('a moderator dials, plays digits, mutes, holds, hears of the quality and hangs up', async () => {
  const session = await rig.box.application.createSession();
  const moderator = await enter(rig, session, { role: 'moderator' });
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { ok, connectionId, streamId } = await moderator.ask('dial', { uri: phone.uri });
  assert.is(ok, true);
  assert.is((await moderator.next('connectionCreated')).connection.id, connectionId);
  assert.is((await moderator.next('streamCreated')).stream.id, streamId);

  assert.is((await moderator.ask('sendDigits', { connectionId, digits: '1p2' })).ok, true);
  assert.is((await moderator.ask('mute', { connectionId, on: true })).ok, true);
  assert.is((await moderator.next('streamChanged')).newValue, true);
  assert.is((await rig.box.callOf(connectionId))?.muted, true);
  assert.is((await moderator.ask('mute', { connectionId, on: false })).ok, true);
  assert.is((await moderator.next('streamChanged')).newValue, false);

  const quality = await until(
    'the first figures',
    async () => (await moderator.ask('quality', { streamId })).quality ?? undefined,
    { limitMs: 12_000, everyMs: 500 },
  );
  assert.ok(quality.received.packets > 0, JSON.stringify(quality));

  // The project's policy and its limits count for clients as for the application.
  assert.match((await moderator.ask('dial', { uri: phone.uri })).error.code, 'policy.calls');
  assert.is((await moderator.ask('hangUp', { connectionId })).ok, true);
  assert.is((await moderator.next('connectionDestroyed')).connectionId, connectionId);
  await rig.box.idle();
  const denied = await moderator.ask('dial', { uri: 'sip:+442071234567@127.0.0.1:9' });
  assert.is(denied.error.code, 'policy.prefix-denied');
});

rig.test('who is no moderator is refused, and the phone does not ring', async () => {
  const session = await rig.box.application.createSession();
  const phone = await startPhone(rig, { frequencyHz: 400 });
  for (const role of ['publisher', 'subscriber', 'publisheronly']) {
    const client = await enter(rig, session, { role });
    const victim = connectionOf(client);
    assert.is((await client.ask('dial', { uri: phone.uri })).error.code, 'session.may-not-moderate');
    assert.is((await client.ask('forceDisconnect', { connectionId: victim })).error.code, 'session.may-not-moderate');
    assert.is((await client.ask('forceMuteAll', { active: true })).error.code, 'session.may-not-moderate');
  }
  assert.equal(await rig.box.calls(), []);
});

rig.test('the SDK signals, and disconnects clients as it does phones', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const [one, two] = [await enter(rig, session), await enter(rig, session)];
  await called(back => application.sdk.signal(session, null, { type: 'news', data: 'all' }, back));
  await called(back => application.sdk.signal(session, connectionOf(two), { type: 'news', data: 'two' }, back));
  const { from, signalType, data } = await one.next('signal');
  assert.equal([from, signalType, data], [null, 'news', 'all']);
  assert.equal([(await two.next('signal')).data, (await two.next('signal')).data], ['all', 'two']);
  await application.hangUp(session, connectionOf(two));
  await two.next('forceDisconnected');
  assert.is((await two.closed).code, 4403);
  assert.is((await one.next('connectionDestroyed')).reason, 'forceDisconnected');
});

rig.test('a moderator disconnects a phone', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const moderator = await enter(rig, session, { role: 'moderator' });
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId, streamId } = await application.dial(session, phone.uri, { observeForceMute: true });
  await moderator.next('streamCreated');
  assert.is((await moderator.ask('forceMuteStream', { streamId })).ok, true);
  assert.is((await moderator.next('streamChanged')).newValue, true);
  assert.is((await moderator.ask('forceUnpublish', { streamId })).error.code, 'session.stream-of-phone');
  assert.is((await moderator.ask('forceDisconnect', { connectionId })).ok, true);
  await rig.box.idle();
});

rig.run();
