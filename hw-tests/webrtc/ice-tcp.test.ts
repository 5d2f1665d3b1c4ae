import * as assert from 'uvu/assert';
import { TalkingPage } from '../browser/talking-page.ts';
import { Browser } from '../rig/browser.ts';
import { hears, hearsExactly } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { Webrtcbin, type WebrtcbinOptions } from '../rig/webrtcbin.ts';

/** Clients whose network lets no UDP out. */
const rig = new Rig({ needs: ['own'] });
const PHONE = 400;
const CLIENT = 700;
const OTHER = 1250;

/** Of an answer's candidates such a one sees those of TCP alone. */
const withoutUdp = (answer: string) => answer.replace(/^a=candidate:\d+ 1 udp .*\r\n/gm, '');

const DEAF_TO_UDP = `(() => {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: (${withoutUdp})(sdp) });
  };
})()`;

function streamsOf({ workers }: Readonly<Record<string, unknown>>): number {
  return (workers as readonly { readonly iceStreams: number }[] | undefined)?.[0]?.iceStreams ?? 0;
}

async function byTcp(session: string, options: Pick<WebrtcbinOptions, 'hz'> = {}): Promise<Webrtcbin> {
  const { application, facts } = rig.box;
  const kind = options.hz === undefined ? 'whep' : 'whip';
  const token = application.token(session);
  const place = { url: facts.http, session, token, kind, ...options } as const;
  const peer = rig.keep(await Webrtcbin.start({ ...place, alterAnswer: withoutUdp }));
  assert.match(peer.resource.answer, /^a=candidate:\d+ 1 tcp \d+ \S+ \d+ typ host tcptype passive\r$/m);
  await peer.connected();
  return peer;
}

rig.test('webrtcbin that can use TCP alone and a phone hear each other', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const publisher = await byTcp(session, { hz: CLIENT });
  await until('two streams', async () => (await application.streams(session)).length === 2);
  const listener = await byTcp(session);
  const [atPhone, atClient] = await Promise.all([phone.media.listen(2), listener.listen()]);
  hearsExactly(atPhone, [CLIENT], PHONE);
  for (const hz of [PHONE, CLIENT]) hears(atClient, hz);
  assert.is(await publisher.resource.delete(), 200);
  assert.is(await listener.resource.delete(), 200);
});

rig.test('pages in Chromium that can use TCP alone, and a phone, hear each other', async () => {
  const { application, facts } = rig.box;
  const operator = rig.keep(await MqttListener.open(facts.mqttUrl));
  const browser = rig.keep(await Browser.start());
  const session = await application.createSession();
  const page = (hz: number) =>
    TalkingPage.open({ browser, url: facts.http, session, token: application.token(session), hz, before: DEAF_TO_UDP });
  const [one, other] = [await page(CLIENT), await page(OTHER)];
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  const { streamId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await Promise.all([
    one.hears(await other.streamId(), OTHER),
    other.hears(await one.streamId(), CLIENT),
    other.hears(streamId, PHONE),
  ]);
  hearsExactly(await phone.media.listen(2), [CLIENT, OTHER], PHONE);
  // Two publications and four subscriptions; Chromium connects from each of its addresses.
  await operator.find('six connections', ({ payload }) => streamsOf(payload) >= 6);
});

rig.run();
