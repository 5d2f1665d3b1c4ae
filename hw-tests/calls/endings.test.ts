import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

/** Why the connection left, by session monitoring. */
async function leaving(connectionId: string): Promise<string | undefined> {
  const notice = await until('connectionDestroyed', () =>
    rig.webhook.received.find(
      ({ body }) => body.event === 'connectionDestroyed' && body.connection?.id === connectionId,
    ),
  );
  return notice.body.reason;
}

rig.test('the far end hangs up: normal clearing, and the connection is gone', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'answer-hang-up', keys: { hold_ms: 300 } });
  const session = await application.createSession();
  const call = await application.dial(session, phone.uri);
  const story = (await rig.webhook.story(call.connectionId)).map(briefly);
  assert.equal(story, ['callCreated', 'DIALING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
  await phone.sip.succeeded();
  assert.is(await leaving(call.connectionId), 'clientDisconnected');
  assert.equal(await application.streams(session), []);
});

rig.test('the application hangs up: the far end gets one BYE, and a second DELETE is a 404', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const { connectionId, streamId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await rig.webhook.state(connectionId, 'ACTIVE');
  assert.equal(
    (await application.streams(session)).map(({ id }) => id),
    [streamId],
  );
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ENDED');
  assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 700');
  assert.is(await leaving(connectionId), 'forceDisconnected');
  const path = application.projectPath(`session/${session}/connection/${connectionId}`);
  assert.is((await application.request('DELETE', path)).status, 404);
  await phone.sip.succeeded();
  assert.is(phone.sip.requests('BYE').length, 1);
});

rig.test('DELETE while it rings: CANCEL, 487, and no sound before', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'ring' });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await rig.webhook.state(connectionId, 'RINGING');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('CANCELLED');
  await phone.sip.logged('ACKED');
  const story = (await rig.webhook.story(connectionId)).map(briefly);
  assert.equal(story, ['callCreated', 'DIALING', 'RINGING', 'HANGUP', 'callDestroyed 487']);
  assert.is(phone.media.received, 0, 'the box sent media to a phone that had not answered');
  await phone.sip.succeeded();
});

rig.test('no early media: nothing is sent while it rings, even to somebody who talks', async () => {
  const { application } = rig.box;
  const ringing = await startPhone(rig, { frequencyHz: 400, keys: { ring_ms: 1_000 } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, ringing.uri);
  await ringing.sip.logged('MEDIA');
  await until('a second of speaking', () => ringing.media.sent >= 45);
  assert.is(ringing.media.received, 0);
  await ringing.sip.logged('ANSWERED');
  await until('sound after the answer', () => ringing.media.received > 0);
  await application.hangUp(session, connectionId);
  await rig.webhook.story(connectionId);
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
