import * as assert from 'uvu/assert';
import { hears, hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { Webrtcbin, type WebrtcbinOptions } from '../rig/webrtcbin.ts';

/** GStreamer's webrtcbin over WHIP and WHEP: libnice, OpenSSL and libsrtp at the other end, nothing of a browser. */
const rig = new Rig();
const PHONE = 400;
const ONE = 700;
const TWO = 1250;

async function webrtcbin(session: string, options: Pick<WebrtcbinOptions, 'hz' | 'stream'> = {}): Promise<Webrtcbin> {
  const { application, facts } = rig.box;
  const kind = options.hz === undefined ? 'whep' : 'whip';
  const place = { url: facts.http, session, token: application.token(session), kind } as const;
  const peer = await Webrtcbin.start({ ...place, address: rig.us, ...options });
  return rig.keep(peer);
}

rig.test('webrtcbin and a phone hear each other; it hears single streams and the mix', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  const { streamId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const [one, two] = await Promise.all([webrtcbin(session, { hz: ONE }), webrtcbin(session, { hz: TWO })]);
  await Promise.all([one.connected(), two.connected()]);
  await until('three streams', async () => (await application.streams(session)).length === 3);
  const [ofPhone, ofOne, mix] = await Promise.all([
    webrtcbin(session, { stream: streamId }),
    webrtcbin(session, { stream: one.resource.streamId }),
    webrtcbin(session),
  ]);
  await Promise.all([ofPhone, ofOne, mix].map(each => each.connected()));
  const [atPhone, heardOfPhone, heardOfOne, heardOfAll] = await Promise.all([
    phone.media.listen(3),
    ofPhone.listen(),
    ofOne.listen(),
    mix.listen(),
  ]);
  hearsExactly(atPhone, [ONE, TWO], PHONE);
  hearsExactly(heardOfPhone, [PHONE], ONE);
  hearsExactly(heardOfOne, [ONE], PHONE);
  // Three tones through one Opus encoder come out with noise around them; that they are there is what counts.
  for (const hz of [PHONE, ONE, TWO]) hears(heardOfAll, hz);

  // Whoever is muted is heard by nobody; who leaves takes its stream, and the subscriptions to it, along.
  await application.mute(session, one.resource.streamId);
  const before = ofOne.heardSeconds;
  hearsNothingOf(await phone.media.listen(1), ONE);
  assert.ok(ofOne.heardSeconds < before + 0.5, `of a muted stream ${ofOne.heardSeconds - before} s came`);
  assert.is(await one.resource.delete(), 200);
  await until('two streams', async () => (await application.streams(session)).length === 2);
  assert.is(await ofOne.resource.delete(), 404);
  hearsExactly(await phone.media.listen(1), [TWO], PHONE);
});

rig.run();
