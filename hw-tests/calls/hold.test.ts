import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

const kinds = [
  ['sendonly', { hold_direction: 'sendonly' }, 'a=recvonly'],
  ['inactive', { hold_direction: 'inactive' }, 'a=inactive'],
  ['c=0.0.0.0', { hold_address: '0.0.0.0' }, ''],
  ['port 0', { hold_port: 0 }, 'm=audio 0'],
] as const;

for (const [name, keys, answered] of kinds) {
  rig.test(`a phone that holds by ${name} is answered, told of, and heard again when it comes back`, async () => {
    const { application } = rig.box;
    const held = await startPhone(rig, {
      frequencyHz: 500,
      scenario: 'answer-and-hold',
      keys: { hold_ms: 1_500, hold_address: rig.us, hold_direction: 'sendrecv', ...keys },
    });
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const { connectionId } = await application.dial(session, held.uri);
    const { connectionId: second } = await application.dial(session, other.uri);
    await rig.webhook.state(second, 'ACTIVE');
    assert.match(await held.sip.logged('HELD'), answered);
    await rig.webhook.state(connectionId, 'ON_HOLD');
    const before = held.media.received;
    // Silence has no event to wait for.
    await sleep(500);
    assert.ok(held.media.received <= before + 2, `${held.media.received - before} packets while on hold`);
    assert.match(await held.sip.logged('RESUMED'), 'a=sendrecv');
    const [atHeld, atOther] = await Promise.all([held.media.listen(1), other.media.listen(1)]);
    hearsExactly(atHeld, [1100], 500);
    hearsExactly(atOther, [500], 1100);
    await application.hangUp(session, connectionId);
    await application.hangUp(session, second);
    const story = await rig.webhook.story(connectionId);
    assert.equal(story.map(briefly), [
      'callCreated',
      'DIALING',
      'RINGING',
      'ACTIVE',
      'ON_HOLD',
      'ACTIVE',
      'HANGUP',
      'callDestroyed 700',
    ]);
  });
}

rig.run();
