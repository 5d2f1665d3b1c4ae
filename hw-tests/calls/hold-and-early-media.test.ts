import * as assert from 'uvu/assert';
import { hearsExactly, hearsSilence } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

/** A session with a phone in it, and one that is being dialled and has its INVITE. */
async function ringing(decline?: string) {
  const { application } = rig.box;
  const there = await startPhone(rig, { frequencyHz: 500 });
  const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, ...(decline !== undefined && { decline }) });
  const session = await application.createSession();
  const { connectionId: first } = await application.dial(session, there.uri);
  await rig.webhook.state(first, 'ACTIVE');
  const { connectionId } = await application.dial(session, `sip:phone@${called.sip.host}:${called.sip.port}`);
  await called.invited();
  const hangUp = async () => {
    for (const connection of [first, connectionId]) await application.hangUp(session, connection);
    await rig.box.idle();
  };
  return { there, called, connectionId, hangUp };
}

rig.test('what a dialled phone plays before it answers is heard by nobody, and it hears nothing', async () => {
  const { there, called, connectionId, hangUp } = await ringing();
  called.progress();
  await rig.webhook.state(connectionId, 'RINGING');
  hearsSilence(await there.media.listen(2));
  assert.is(called.media.received, 0);
  await called.answer();
  await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await there.media.listen(1), [1100], 500);
  await hangUp();
});

rig.test('the operator holds a phone of a session and takes it back, and it hears the session again', async () => {
  const { there, called, connectionId, hangUp } = await ringing();
  await called.answer();
  const { id = '' } = (await rig.box.callOf(connectionId)) ?? {};
  assert.is(await rig.box.operate('POST', `/device/calls/${id}/hold`), 204);
  await called.next('CHANGE');
  assert.match(called.sip.requests('INVITE').at(-1) ?? '', /^a=sendonly/m);
  const [atHeld, atOther] = await Promise.all([called.media.listen(1), there.media.listen(1)]);
  hearsSilence(atHeld);
  hearsSilence(atOther);
  assert.is((await rig.box.callOf(connectionId))?.state, 'ON_HOLD');
  assert.is(await rig.box.operate('POST', `/device/calls/${id}/resume`), 204);
  const [resumed, other] = await Promise.all([called.media.listen(1), there.media.listen(1)]);
  hearsExactly(resumed, [500], 1100);
  hearsExactly(other, [1100], 500);
  await hangUp();
});

rig.test('a phone that refuses to be held stays as it was', async () => {
  const { there, called, connectionId, hangUp } = await ringing('488 Not Acceptable Here');
  await called.answer();
  const { id = '' } = (await rig.box.callOf(connectionId)) ?? {};
  called.follows = false;
  const answer = rig.box.operate('POST', `/device/calls/${id}/hold`);
  await called.next('CHANGE');
  called.decline();
  assert.is(await answer, 409);
  assert.is((await rig.box.callOf(connectionId))?.state, 'ACTIVE');
  const [atCalled, atOther] = await Promise.all([called.media.listen(1), there.media.listen(1)]);
  hearsExactly(atCalled, [500], 1100);
  hearsExactly(atOther, [1100], 500);
  await hangUp();
});

rig.test('a phone in a session that holds and comes back at a new address is heard from there', async () => {
  const { there, called, connectionId, hangUp } = await ringing();
  await called.answer();
  await called.offer({ direction: 'sendonly' });
  await rig.webhook.state(connectionId, 'ON_HOLD');
  await called.moveMedia();
  called.speaksTo(await called.offer({}));
  const [atCalled, atOther] = await Promise.all([called.media.listen(1), there.media.listen(1)]);
  hearsExactly(atCalled, [500], 1100);
  hearsExactly(atOther, [1100], 500);
  await hangUp();
});

rig.run();
