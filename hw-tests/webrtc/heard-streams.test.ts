import { hears, hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { Webrtcbin } from '../rig/webrtcbin.ts';

/** A phone that is dialled with the `streams` of WebRTC clients (CONTRACT §1.4). */
const rig = new Rig();
const PHONE = 400;
const ONE = 700;
const TWO = 1250;

async function publisher(session: string, hz: number): Promise<Webrtcbin> {
  const { application, facts } = rig.box;
  const place = { url: facts.http, session, token: application.token(session), kind: 'whip' } as const;
  return rig.keep(await Webrtcbin.start({ ...place, address: rig.us, hz }));
}

rig.test('a phone hears the client whose stream it names, once that is published, and no other', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const [one, two] = [await publisher(session, ONE), await publisher(session, TWO)];
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  const { connectionId } = await application.dial(session, phone.uri, { streams: [one.resource.streamId] });
  await phone.sip.logged('ANSWERED');
  await Promise.all([one.connected(), two.connected()]);
  await until('three streams', async () => (await application.streams(session)).length === 3);
  const heard = await phone.media.listen(2);
  hears(heard, ONE);
  for (const other of [TWO, PHONE]) hearsNothingOf(heard, other);

  await one.resource.delete();
  await until('two streams', async () => (await application.streams(session)).length === 2);
  const after = await phone.media.listen(1);
  for (const frequency of [ONE, TWO, PHONE]) hearsNothingOf(after, frequency);
  await application.hangUp(session, connectionId);
});

rig.run();
