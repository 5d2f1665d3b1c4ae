import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { TalkingPage } from './talking-page.ts';

const rig = new Rig({ needs: ['own'], box: { clientsMayDial: true } });
const PHONE = 400;
const ONE = 700;
const TWO = 1250;

async function chromium(): Promise<Browser> {
  return rig.keep(await Browser.start());
}

/** Two pages and a phone that talk, each known by its tone. */
async function conversation() {
  const { application, facts } = rig.box;
  const browser = await chromium();
  const session = await application.createSession();
  const page = (hz: number | undefined, role = 'publisher') =>
    TalkingPage.open({
      browser,
      url: facts.http,
      session,
      token: application.token(session, { role }),
      ...(hz !== undefined && { hz }),
    });
  const [one, two] = [await page(ONE), await page(TWO)];
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  const { streamId, connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  return { application, session, page, one, two, phone, phoneStream: streamId, connectionId };
}

rig.test('two browsers and a phone hear each other, each the others alone', async () => {
  const { one, two, phone, phoneStream } = await conversation();
  const [ofOne, ofTwo] = [await one.streamId(), await two.streamId()];
  await Promise.all([
    one.hears(ofTwo, TWO),
    one.hears(phoneStream, PHONE),
    two.hears(ofOne, ONE),
    two.hears(phoneStream, PHONE),
  ]);
  hearsExactly(await phone.media.listen(2), [ONE, TWO], PHONE);
  // A stream is one voice, not the mix.
  for (const [page, stream, others] of [
    [one, ofTwo, [ONE, PHONE]],
    [one, phoneStream, [ONE, TWO]],
    [two, ofOne, [TWO, PHONE]],
  ] as const)
    for (const hz of others) await page.hearsNot(stream, hz);
});

rig.test('who stops publishing, is muted or leaves is heard no more, by browsers and by phones', async () => {
  const { application, session, one, two, phone, page } = await conversation();
  const moderator = await page(undefined, 'moderator');
  const ofOne = await one.streamId();
  await Promise.all([two.hears(ofOne, ONE), moderator.hears(ofOne, ONE)]);

  await moderator.page.evaluate(
    `session.forceMuteStream([...session.streams].find(each => each.streamId === ${JSON.stringify(ofOne)}))`,
  );
  await two.hearsNot(ofOne, ONE);
  hearsNothingOf(await phone.media.listen(1), ONE);

  await one.page.evaluate('publisher.publishAudio(true)');
  await two.hears(ofOne, ONE);
  await one.page.evaluate('session.unpublish(publisher)');
  await two.page.waitForFunction(`destroyed.some(([id]) => id === ${JSON.stringify(ofOne)})`);
  hearsExactly(await phone.media.listen(1), [TWO], PHONE);
  await until('the streams to be two', async () => (await application.streams(session)).length === 2);

  await one.publish(ONE);
  const again = await one.streamId();
  assert.is.not(again, ofOne);
  await two.hears(again, ONE);
  await one.close();
  await two.page.waitForFunction(`destroyed.some(([id]) => id === ${JSON.stringify(again)})`);
});

rig.test('a moderator dials from the page, and talks with whoever answers', async () => {
  const { application, facts } = rig.box;
  const session = await application.createSession();
  const browser = await chromium();
  const token = application.token(session, { role: 'moderator' });
  const one = await TalkingPage.open({ browser, url: facts.http, session, token, hz: ONE });
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  const { streamId } = await one.page.evaluate<{ streamId: string }>(
    `session.dial({ uri: ${JSON.stringify(phone.uri)} })`,
  );
  await phone.sip.logged('ANSWERED');
  await one.hears(streamId, PHONE);
  hearsExactly(await phone.media.listen(1), [ONE], PHONE);
});

/** Without the SDK: what docs/webrtc.md says, and nothing else. Publishes a tone, and hears the mix as `mix`. */
const HEARS_THE_MIX = (session: string, token: string, hz: number) => `(async () => {
  const path = '/v2/session/' + encodeURIComponent(${JSON.stringify(session)});
  const token = ${JSON.stringify(token)};
  events = new WebSocket(location.origin.replace('http', 'ws') + path + '/events', 'crosspoint.v1');
  await new Promise(resolve => { events.onopen = resolve; });
  events.send(JSON.stringify({ type: 'connect', token }));
  const { key } = JSON.parse((await new Promise(resolve => { events.onmessage = resolve; })).data);
  async function connect(endpoint, peer) {
    await peer.setLocalDescription();
    const headers = { authorization: 'Bearer ' + token, 'crosspoint-client': key, 'content-type': 'application/sdp' };
    const body = peer.localDescription.sdp;
    const answer = await fetch(path + '/' + endpoint, { method: 'POST', headers, body });
    if (answer.status !== 201) throw new Error(await answer.text());
    await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  }
  hearing = new RTCPeerConnection();
  hearing.addTransceiver('audio', { direction: 'recvonly' });
  hearing.ontrack = ({ track }) => {
    const stream = new MediaStream([track]);
    // Chromium decodes what an element plays.
    const element = Object.assign(new Audio(), { srcObject: stream, muted: true });
    element.play();
    listen({ videoElement: element, stream: { streamId: 'mix' } });
  };
  await connect('whep', hearing);
  talking = new RTCPeerConnection();
  talking.addTransceiver(voice(${hz}), { direction: 'sendonly' });
  await connect('whip', talking);
})()`;

rig.test('a client that hears the mix of its session hears all but itself', async () => {
  const { application, facts } = rig.box;
  const session = await application.createSession();
  const browser = await chromium();
  const open = (hz?: number) =>
    TalkingPage.open({
      browser,
      url: facts.http,
      session,
      token: application.token(session),
      ...(hz !== undefined && { hz }),
    });
  const [page, other] = [await open(), await open(TWO)];
  await page.page.evaluate(HEARS_THE_MIX(session, application.token(session), ONE));
  const phone = await startPhone(rig, { frequencyHz: PHONE });
  await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await Promise.all([page.hears('mix', PHONE), page.hears('mix', TWO)]);
  // It is in the mix of the others.
  hearsExactly(await phone.media.listen(1), [ONE, TWO], PHONE);
  await page.hearsNot('mix', ONE);
  await other.close();
  await page.hearsNot('mix', TWO);
  await page.hears('mix', PHONE);
});

rig.run();
