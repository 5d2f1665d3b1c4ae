import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { DocumentedBaresip } from './documented-baresip.ts';
import { boxConfig, freePorts, PHONE_HOST, placed } from './documented-box.ts';
import { DocumentedLinphone } from './documented-linphone.ts';
import { blockOf, pageOf } from './page.ts';

const page = pageOf('docs/trunks/desk-phone.md');
const ports = await freePorts();
const rig = new Rig({
  needs: ['own', 'webhooks'],
  // Loopback is no source of built-in numbers here: only being a trunk lets a phone in.
  box: { config: { ...boxConfig(blockOf(page, 'box'), ports), builtinNumbers: { allowFrom: [] } } },
});
const BOX = `127.0.0.1:${ports.sip}`;

const baresip = (frequencyHz: number) =>
  DocumentedBaresip.start({
    accounts: placed(blockOf(page, 'baresip-accounts'), ports),
    frequencyHz,
    at: { host: PHONE_HOST, port: ports.peer },
  }).then(made => rig.keep(made));
const linphone = (frequencyHz: number) =>
  DocumentedLinphone.start(placed(blockOf(page, 'linphonerc'), ports), frequencyHz).then(made => rig.keep(made));

/** Until each leg of the only call has received four seconds. */
const talked = () =>
  until(
    'four seconds of a call',
    async () => {
      const legs = (await rig.box.calls()).flatMap(({ media }) => media);
      return legs.length > 0 && legs.every(leg => (leg?.received.packets ?? 0) > 200);
    },
    { limitMs: 10_000 },
  );

for (const [name, start] of [
  ['baresip', baresip],
  ['Linphone', linphone],
] as const) {
  rig.test(`${name} calls 600 and hears itself`, async () => {
    const phone = await start(500);
    phone.dial(`sip:600@${BOX}`);
    await talked();
    phone.hangUp();
    hearsExactly(await phone.heard(), [500], 1100);
    await rig.box.idle();
  });

  rig.test(`an application calls ${name} by the name of its trunk`, async () => {
    const { application } = rig.box;
    const phone = await start(500);
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const own = name === 'baresip' ? 'sip:101@desk-101' : 'sip:102@desk-102';
    const calls = [await application.dial(session, own), await application.dial(session, other.uri)];
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    hearsExactly(await other.media.listen(3), [500], 1100);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
    hearsExactly(await phone.heard(), [1100], 500);
    await rig.box.idle();
  });
}

rig.test('baresip and Linphone call each other across the box', async () => {
  const [one, two] = [await baresip(500), await linphone(1100)];
  one.dial(`sip:102@${BOX}`);
  await talked();
  one.hangUp();
  hearsExactly(await one.heard(), [1100], 500);
  hearsExactly(await two.heard(), [500], 1100);
  await rig.box.idle();
});

rig.run();
