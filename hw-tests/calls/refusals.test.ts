import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

const refusals = [
  [486, 'Busy Here'],
  [404, 'Not Found'],
  [480, 'Temporarily Unavailable'],
  [503, 'Service Unavailable'],
  [603, 'Decline'],
] as const;

for (const [status, phrase] of refusals) {
  rig.test(`${status} ${phrase} is the reason that is told, and is acknowledged`, async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'reject', keys: { status, phrase } });
    const session = await application.createSession();
    const { connectionId } = await application.dial(session, phone.uri);
    const story = await rig.webhook.story(connectionId);
    assert.equal(story.map(briefly), ['callCreated', 'DIALING', 'HANGUP', `callDestroyed ${status}`]);
    assert.is(story.at(-1)?.reason_message, phrase);
    await phone.sip.logged('REFUSED');
    await phone.sip.succeeded();
    assert.is(phone.sip.requests('INVITE').length, 1);
    assert.equal(await application.streams(session), []);
  });
}

rig.test('every call is over', () => rig.box.idle());

rig.run();
