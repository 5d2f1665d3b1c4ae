import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { toTagOf } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['own', 'webhooks'], box: { config: { limits: { ringSeconds: 2 } } } });

rig.test(
  'of the branches of a fork the first that answers has the call; one that answers after it is acknowledged and ended',
  async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'fork' });
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const [{ connectionId }, { connectionId: second }] = await Promise.all([
      application.dial(session, phone.uri),
      application.dial(session, other.uri),
    ]);
    assert.is(await phone.sip.logged('LATE-ACKED'), 'LATE-ACKED tag=three');
    assert.is(await phone.sip.logged('LATE-ENDED'), 'LATE-ENDED tag=three');
    hearsExactly(await phone.media.listen(1), [1100], 500);
    await application.hangUp(session, connectionId);
    await phone.sip.logged('ENDED');
    assert.match(toTagOf(phone.sip.requests('BYE').at(-1) ?? '') ?? '', /^two/);
    await application.hangUp(session, second);
    // RINGING was first said by responses without Contact and without To-tag, and is told once.
    const story = (await rig.webhook.story(connectionId)).map(briefly);
    assert.equal(story, ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
    await phone.sip.succeeded();
  },
);

rig.test('a 200 that crosses the CANCEL is acknowledged and ended by BYE', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'answer-after-cancel' });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await rig.webhook.state(connectionId, 'RINGING');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ACKED');
  await phone.sip.logged('ENDED');
  await phone.sip.succeeded();
  const story = (await rig.webhook.story(connectionId)).map(briefly);
  assert.equal(story, ['callCreated', 'DIALING', 'RINGING', 'HANGUP', 'callDestroyed 487']);
  assert.is(phone.media.received, 0);
});

rig.test('a phone that rings for longer than the limit is cancelled', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'ring' });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ACKED');
  const story = (await rig.webhook.story(connectionId)).map(briefly);
  assert.equal(story, ['callCreated', 'DIALING', 'RINGING', 'HANGUP', 'callDestroyed 487']);
});

rig.test('a server that always names another place is followed five times', async () => {
  const { application } = rig.box;
  const server = await startPhone(rig, { frequencyHz: 500, scenario: 'redirect-for-ever' });
  const { connectionId } = await application.dial(await application.createSession(), server.uri);
  assert.is((await rig.webhook.story(connectionId)).at(-1)?.reason_code, '302');
  assert.is(new Set(server.sip.requests('INVITE').map(text => text.split(' ')[1])).size, 6);
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
