import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

rig.test('a ringing that must arrive is acknowledged by PRACK, and a session timer is agreed on', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'answer-reliably' });
  const other = await startPhone(rig, { frequencyHz: 1100 });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  const { connectionId: second } = await application.dial(session, other.uri);
  assert.match(await phone.sip.logged('PRACK'), '4711 1 INVITE');
  await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await phone.media.listen(1), [1100], 500);
  const [invite = ''] = phone.sip.requests('INVITE');
  assert.match(invite, /^Supported: .*100rel/m);
  assert.match(invite, /^Session-Expires: 1800/m);
  await application.hangUp(session, connectionId);
  await application.hangUp(session, second);
  const story = await rig.webhook.story(connectionId);
  assert.equal(story.map(briefly), ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
});

rig.test('a redirect to another port of the same host is followed', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500 });
  const first = await startPhone(rig, { frequencyHz: 700, scenario: 'redirect', keys: { contact_uri: phone.uri } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, first.uri);
  await rig.webhook.state(connectionId, 'ACTIVE');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ENDED');
});

rig.test('a redirect to another host is told as what it is: nobody’s telephone', async () => {
  const { application } = rig.box;
  const keys = { contact_uri: `sip:premium@127.0.0.2:${await freePort()}` };
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'redirect', keys });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  assert.is((await rig.webhook.story(connectionId)).at(-1)?.reason_code, '302');
});

rig.run();
