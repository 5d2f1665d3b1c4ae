import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';
import { connectionOf, enter } from './clients-rig.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

/** What the session's webhook was told of a connection, in order. */
const watched = (id: string) =>
  rig.webhook.received
    .filter(({ path }) => path === '/session')
    .filter(({ body }) => body.connection?.id === id || JSON.stringify(body).includes(id))
    .map(({ body }) => (body.reason === undefined ? body.event : `${body.event} ${body.reason}`));

rig.test('two clients and a phone see each other come, ring, talk and go', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await enter(rig, session, { data: 'one' });
  const two = await enter(rig, session, { data: 'two' });
  assert.is((await one.next('connectionCreated')).connection.data, 'two');
  assert.is(two.told[0]?.connections.length, 2);

  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId, streamId } = await application.dial(session, phone.uri);
  for (const client of [one, two]) {
    const { connection } = await client.next('connectionCreated');
    assert.equal([connection.id, connection.kind, connection.phone.state], [connectionId, 'phone', 'dialing']);
    assert.is(connection.phone.number, 'phone');
    const states = async () => (await client.next('connectionChanged')).connection.phone.state;
    assert.is(await states(), 'ringing');
    assert.is(await states(), 'active');
    const { stream } = await client.next('streamCreated');
    assert.equal(
      [stream.id, stream.connectionId, stream.videoType, stream.muted],
      [streamId, connectionId, null, false],
    );
  }
  const late = await enter(rig, session);
  const [shown] = ((late.told[0]?.connections ?? []) as { id: string; phone: unknown }[]).filter(
    ({ id }) => id === connectionId,
  );
  assert.equal(shown?.phone, { number: 'phone', state: 'active' });
  assert.equal(
    ((late.told[0]?.streams ?? []) as { id: string }[]).map(({ id }) => id),
    [streamId],
  );

  const call = await rig.box.callOf(connectionId);
  assert.is(await rig.box.operate('POST', `/device/calls/${call?.id}/mute`), 204);
  const { property, newValue } = await one.next('streamChanged');
  assert.equal([property, newValue], ['muted', true]);

  await application.hangUp(session, connectionId);
  assert.equal((await one.next('streamDestroyed')).streamId, streamId);
  assert.equal((await one.next('connectionDestroyed')).reason, 'forceDisconnected');
  const gone = connectionOf(two);
  await two.leave();
  let left = await one.next('connectionDestroyed');
  if (left.connectionId !== gone) left = await one.next('connectionDestroyed');
  assert.equal([left.connectionId, left.reason], [gone, 'clientDisconnected']);
  await until('the webhook to know', () => watched(gone).length === 2, { state: () => watched(gone) });
  assert.equal(watched(gone), ['connectionCreated', 'connectionDestroyed clientDisconnected']);
});

rig.test('a phone’s number and its hold are seen, and that it hung up itself', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const client = await enter(rig, session);
  const phone = await SteeredPhone.listening(rig, { frequencyHz: 400 });
  const { connectionId } = await application.dial(session, `sip:+14155550101@${phone.sip.host}:${phone.sip.port}`);
  assert.is((await client.next('connectionCreated')).connection.phone.number, '+14155550101');
  await phone.invited();
  await phone.answer();
  const state = async () => (await client.next('connectionChanged')).connection.phone.state;
  assert.is(await state(), 'active');
  const call = await rig.box.callOf(connectionId);
  assert.is(await rig.box.operate('POST', `/device/calls/${call?.id}/hold`), 204);
  assert.is(await state(), 'held');
  assert.is(await rig.box.operate('POST', `/device/calls/${call?.id}/resume`), 204);
  assert.is(await state(), 'active');
  await phone.leave();
  assert.is((await client.next('connectionDestroyed')).reason, 'clientDisconnected');
});

rig.run();
