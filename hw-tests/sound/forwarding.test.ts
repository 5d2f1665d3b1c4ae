import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';

const rig = new Rig({ needs: ['own', 'webhooks'], box: { config: { media: { forwardPairs: true } } } });

rig.test(
  'two who are alone are sent what the other one said as it came; with a third one it is a mix, and with two again',
  async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const phones = [
      await startPhone(rig, { frequencyHz: 400 }),
      await startPhone(rig, { frequencyHz: 700 }),
      await startPhone(rig, { frequencyHz: 1250 }),
    ] as const;
    const [first, second, third] = phones;
    const pair = [await application.dial(session, first.uri), await application.dial(session, second.uri)];
    const forwarded = () =>
      Promise.all(pair.map(async ({ connectionId }) => (await rig.box.mediaOf(connectionId)).sent.forwarded ?? 0));
    await Promise.all([first, second].map(phone => phone.sip.logged('ANSWERED')));
    hearsExactly(await first.media.listen(2), [700], 400);
    for (const count of await forwarded()) assert.ok(count > 50, `${count} packets went on as they came`);

    const { connectionId } = await application.dial(session, third.uri);
    await third.sip.logged('ANSWERED');
    hearsExactly(await third.media.listen(2), [400, 700], 1250);
    const mixed = await forwarded();
    hearsExactly(await first.media.listen(2), [700, 1250], 400);
    assert.equal(await forwarded(), mixed);

    await application.hangUp(session, connectionId);
    await third.sip.succeeded();
    hearsExactly(await second.media.listen(2), [400], 700);
    for (const call of pair) await application.hangUp(session, call.connectionId);
    await rig.box.idle();
  },
);

rig.run();
