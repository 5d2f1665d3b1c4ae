import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { type Picture, VideoPage, type VideoPageOptions } from './video-page.ts';

const rig = new Rig({ needs: ['own'] });
const RED_BLUE: Picture = { left: [255, 0, 0], right: [0, 0, 255] };
const GREEN_RED: Picture = { left: [0, 160, 0], right: [255, 0, 0] };
const DARK: Picture = { left: [0, 0, 0], right: [0, 0, 0] };
/** From `subscribe` to the first picture. */
const FIRST_PICTURE_MS = 1000;

let browser: Browser;
test.before(async () => {
  browser = await Browser.start();
});
test.after(() => browser.close());

async function room() {
  const { application, facts } = rig.box;
  const session = await application.createSession();
  const page = async (role = 'publisher', more: Partial<VideoPageOptions> = {}) => {
    const token = application.token(session, { role });
    return rig.keep(await VideoPage.open({ browser, url: facts.http, session, token, ...more }));
  };
  return { application, session, page };
}

rig.test('two pages see each other move, and one that comes later sees both within a second', async () => {
  const { application, session, page } = await room();
  const [one, two] = [await page(), await page()];
  const ofOne = await one.publishPicture(RED_BLUE);
  const ofTwo = await two.publishPicture(GREEN_RED);
  await Promise.all([two.sees(ofOne, RED_BLUE), one.sees(ofTwo, GREEN_RED)]);
  await Promise.all([two.seesMotion(ofOne), one.seesMotion(ofTwo)]);
  const { codec, framesDecoded } = await two.received(ofOne);
  assert.is(codec, 'video/VP8');
  await until('more pictures', async () => (await two.received(ofOne)).framesDecoded > framesDecoded + 20);
  assert.equal(await two.stream(ofOne), { hasAudio: true, hasVideo: true, type: 'custom', width: 640, height: 480 });
  assert.equal(
    (await application.streams(session)).map(({ id, videoType }) => [id, videoType]),
    [
      [ofOne, 'custom'],
      [ofTwo, 'custom'],
    ],
  );

  const late = await page('subscriber');
  await Promise.all([late.sees(ofOne, RED_BLUE), late.sees(ofTwo, GREEN_RED)]);
  for (const stream of [ofOne, ofTwo]) {
    const ms = await late.firstPictureMs(stream);
    console.log(`a late subscriber's first picture: ${Math.round(ms)} ms`);
    assert.ok(ms < FIRST_PICTURE_MS, `the first picture came after ${ms} ms`);
  }
  await one.close();
  await two.page.waitForFunction(`told.includes('destroyed ${ofOne}')`);
});

rig.test(
  'a camera is switched off and on by its publisher, and by who looks on, whom it costs nothing then',
  async () => {
    const { page } = await room();
    const [one, two, three] = [await page(), await page(), await page('subscriber')];
    const id = await one.publishPicture(RED_BLUE);
    await Promise.all([two.sees(id, RED_BLUE), three.sees(id, RED_BLUE)]);

    await one.page.evaluate('publisher.publishVideo(false)');
    await two.isTold('hasVideo false', 'videoDisabled publishVideo');
    await two.sees(id, DARK);
    await one.page.evaluate('publisher.publishVideo(true)');
    await two.isTold('hasVideo true', 'videoEnabled publishVideo');
    await two.sees(id, RED_BLUE);

    await two.page.evaluate(`subscribers.get('${id}').subscribeToVideo(false)`);
    await two.isTold('videoDisabled subscribeToVideo');
    const packets = async () => (await two.received(id)).packetsReceived;
    let before = await packets();
    await until(
      'no picture to be sent any more',
      async () => {
        const [was, is] = [before, await packets()];
        before = is;
        return was === is;
      },
      { everyMs: 300 },
    );
    await three.seesMotion(id);
    assert.is(await packets(), before);
    await two.page.evaluate(`subscribers.get('${id}').subscribeToVideo(true)`);
    await two.sees(id, RED_BLUE);
    await two.seesMotion(id);
  },
);

rig.test('a moderator mutes the sound, and the picture stays', async () => {
  const { page } = await room();
  const [one, moderator] = [await page(), await page('moderator')];
  const id = await one.publishPicture(RED_BLUE);
  await moderator.sees(id, RED_BLUE);
  await moderator.page.evaluate(`session.forceMuteStream(session.streams.get('${id}'))`);
  await moderator.isTold('muted true');
  await moderator.seesMotion(id);
});

rig.test('H.264 is sent where a browser has nothing else, and who cannot decode it hears its sound', async () => {
  const { page } = await room();
  const [one, two, other] = [
    await page('publisher', { codec: 'H264' }),
    await page(),
    await page('subscriber', { codec: 'VP8' }),
  ];
  const id = await one.publishPicture(RED_BLUE);
  await two.sees(id, RED_BLUE);
  await two.seesMotion(id);
  assert.is((await two.received(id)).codec, 'video/H264');
  await other.page.waitForFunction(`subscribers.get('${id}').videoElement.srcObject.getAudioTracks().length === 1`);
  await other.page.evaluate(`subscribers.get('${id}').whenConnected()`);
  assert.is(await other.page.evaluate(`look('${id}')`), null);
  assert.equal(await other.page.evaluate('problems'), []);
});

rig.test("the browser's own camera is published alone, off at first, in the size that was asked for", async () => {
  const { page } = await room();
  const [one, two] = [await page(), await page()];
  const id = await one.publish("{ audioSource: null, publishVideo: false, resolution: '320x240', frameRate: 15 }");
  await two.isTold(`came ${id}`);
  assert.equal(await two.stream(id), { hasAudio: false, hasVideo: false, type: 'camera', width: 320, height: 240 });
  await two.page.evaluate(`subscribers.get('${id}').whenConnected()`);
  await one.page.evaluate('publisher.publishVideo(true)');
  await two.page.waitForFunction(`look('${id}') && Math.max(...look('${id}').left) > 60`);
  assert.is(await two.page.evaluate(`subscribers.get('${id}').videoWidth()`), 320);
  const { framesDecoded } = await two.received(id);
  await until('more pictures', async () => (await two.received(id)).framesDecoded > framesDecoded + 10);
  const png = await two.page.evaluate<string>(`subscribers.get('${id}').getImgData()`);
  assert.match(png, /^iVBORw0KGgo/);
  assert.equal(await two.page.evaluate('problems'), []);
});

rig.test(
  'of a picture that comes in three sizes each page is sent the one that it wants, and another when it wants that',
  async () => {
    const { page } = await room();
    const [one, two, three] = [await page(), await page(), await page('subscriber')];
    const size = { width: 960, height: 540 };
    const id = await one.publishPicture({ ...RED_BLUE, size }, '{ scalableVideo: true }');
    await Promise.all([two.seesWidth(id, 960), three.seesWidth(id, 960)]);
    await two.page.evaluate(`subscribers.get('${id}').setPreferredResolution({ width: 160, height: 120 })`);
    await two.seesWidth(id, 240);
    await two.sees(id, RED_BLUE);
    await two.seesMotion(id);
    await two.page.evaluate(`subscribers.get('${id}').setPreferredResolution({ width: 320, height: 240 })`);
    await two.seesWidth(id, 480);
    await two.page.evaluate(`subscribers.get('${id}').setPreferredResolution(null)`);
    await two.seesWidth(id, 960);
    await two.seesMotion(id);
    await three.seesWidth(id, 960);
    assert.equal(await two.page.evaluate('problems'), []);
  },
);

rig.run();
