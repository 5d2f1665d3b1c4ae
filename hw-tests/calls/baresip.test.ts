import * as assert from 'uvu/assert';
import { Baresip } from '../rig/baresip.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

// baresip is here to meet the box on this machine: its addresses are loopback.
const rig = new Rig({ needs: ['own', 'webhooks'] });

for (const law of ['PCMU', 'PCMA'] as const) {
  rig.test(`baresip, speaking ${law}, and another phone hear each other and not themselves`, async () => {
    const { application } = rig.box;
    const baresip = rig.keep(await Baresip.start({ frequencyHz: 500, law }));
    const phone = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const calls = [await application.dial(session, baresip.uri), await application.dial(session, phone.uri)];
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    hearsExactly(await phone.media.listen(4), [500], 1100);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
    await until('the end of the recording', () => baresip.output().includes('terminated'));
    hearsExactly(baresip.heard(), [1100], 500);
  });
}

rig.test('baresip hangs up', async () => {
  const { application } = rig.box;
  const baresip = rig.keep(await Baresip.start({ frequencyHz: 500 }));
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, baresip.uri);
  await rig.webhook.state(connectionId, 'ACTIVE');
  await baresip.hangUp();
  assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 700');
});

rig.test('baresip calls a room and hears who is there', async () => {
  const { host, port } = rig.box.sipAddress;
  const one = rig.keep(await Baresip.start({ frequencyHz: 500 }));
  const two = rig.keep(await Baresip.start({ frequencyHz: 900 }));
  await one.dial(`sip:room-b@${host}:${port}`);
  await two.dial(`sip:room-b@${host}:${port}`);
  await until('four seconds together', async () => {
    const calls = await rig.box.calls();
    return calls.length === 2 && calls.every(call => (call.media[0]?.received.packets ?? 0) > 200);
  });
  await two.hangUp();
  await until('the end of the recording', () => two.output().includes('terminated'));
  hearsExactly(two.heard(), [500], 900);
  await one.hangUp();
  await rig.box.idle();
});

rig.run();
