import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, startApi } from '../../firmware/api/testing/api-rig.ts';
import { Browser } from '../rig/browser.ts';
import { press, tabTo } from './keyboard.ts';
import { pageUntil } from './page-until.ts';

type Pair = ApiRig & { browser: Browser };

/** The SDK in Chromium, with the box's API as it is; no call and no media worker is behind it. */
const test = suite<Pair>('the browser SDK');

test.before(async context => {
  Object.assign(context, await startApi(), { browser: await Browser.start() });
});
test.after(async ({ browser, close }) => {
  await browser.close();
  await close();
});

async function room({ sessions, ours, sdk }: Pair) {
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  return { id, token: (role: string, data = '') => sdk.generateToken(id, { role, data }) };
}

/** A page that has the SDK and nothing else. */
async function pageOf({ browser, url }: Pair) {
  const page = await browser.open(`${url.replace('127.0.0.1', 'localhost')}/client/crosspoint.d.ts`);
  await page.addScriptTag({ url: '/client/crosspoint.js' });
  return page;
}

test('a page sees who comes, hears signals, and is told when a moderator removes it', async pair => {
  const { id, token } = await room(pair);
  const [one, two] = [await pageOf(pair), await pageOf(pair)];
  await one.evaluate(`(async () => {
    heard = [];
    session = OT.initSession('key', ${JSON.stringify(id)}, { apiUrl: location.origin });
    session.on({
      connectionCreated: e => heard.push('came ' + e.connection.data),
      connectionDestroyed: e => heard.push('left ' + e.connection.data + ' ' + e.reason),
      'signal:greeting': e => heard.push('signal ' + e.data + ' of ' + e.from.data),
    });
    await session.connect(${JSON.stringify(token('moderator', 'one'))});
  })()`);
  await two.evaluate(`(async () => {
    ended = '';
    session = OT.initSession('key', ${JSON.stringify(id)}, { apiUrl: location.origin });
    session.on('sessionDisconnected', e => { ended = e.reason; });
    await new Promise((resolve, reject) =>
      session.connect(${JSON.stringify(token('publisher', 'two'))}, error => error ? reject(error) : resolve()));
    await session.signal({ type: 'greeting', data: 'hello' });
  })()`);
  await one.waitForFunction('heard.length >= 3');
  await one.evaluate(`session.forceDisconnect(session.connections.find(each => each.data === 'two'))`);
  await two.waitForFunction(`ended === 'forceDisconnected' && !session.isConnected()`);
  await one.waitForFunction('heard.length >= 4');
  assert.equal(await one.evaluate('heard'), [
    'came one',
    'came two',
    'signal hello of two',
    'left two forceDisconnected',
  ]);
  assert.is(await one.evaluate('session.connections.length()'), 1);
  await one.close();
  await two.close();
});

test('what a role may not do, and a token that is not valid, are errors of OpenTok', async pair => {
  const { id, token } = await room(pair);
  const page = await pageOf(pair);
  const names = await page.evaluate(`(async () => {
    const nameOf = promise => promise.then(() => 'fine', error => error.name);
    const session = OT.initSession('key', ${JSON.stringify(id)}, { apiUrl: location.origin });
    const early = await nameOf(session.signal({ data: 'x' }));
    const wrong = await nameOf(session.connect('no token'));
    await session.connect(${JSON.stringify(token('subscriber'))});
    const publish = await new Promise(resolve => session.publish(null, { videoSource: null }, e => resolve(e && e.name)));
    const long = await nameOf(session.signal({ data: 'x'.repeat(9000) }));
    session.disconnect();
    return { early, wrong, publish, long, connected: session.isConnected() };
  })()`);
  assert.equal(names, {
    early: 'OT_NOT_CONNECTED',
    wrong: 'OT_AUTHENTICATION_ERROR',
    publish: 'OT_PERMISSION_DENIED',
    long: 'OT_INVALID_PARAMETER',
    connected: false,
  });
  await page.close();
});

test('a publisher measures the microphone, and leaves nothing behind', async pair => {
  const page = await pageOf(pair);
  const seen = await page.evaluate(`(async () => {
    document.body.innerHTML = '<div id="me"></div>';
    const events = [];
    const publisher = OT.initPublisher('me', { videoSource: null });
    publisher.on('accessAllowed videoElementCreated destroyed', e => events.push(e.type));
    const level = await new Promise(resolve =>
      publisher.on('audioLevelUpdated', e => e.audioLevel > 0.01 && resolve(e.audioLevel)));
    const before = document.getElementById('me').className;
    const track = publisher.getAudioSource();
    publisher.destroy();
    return { events, loud: level > 0.01, before, track: track.readyState, after: document.getElementById('me') };
  })()`);
  assert.equal(seen, {
    events: ['videoElementCreated', 'accessAllowed', 'destroyed'],
    loud: true,
    before: 'OT_root OT_publisher OT_fit-mode-cover OT_mirrored',
    track: 'ended',
    after: null,
  });
  await page.close();
});

test('the agent page is joined by a link, whose token leaves the address, and left by keyboard', async pair => {
  const { id, token } = await room(pair);
  const link = new URLSearchParams({ session: id, token: token('moderator'), apiKey: 'key' });
  const page = await pair.browser.open(`${pair.url.replace('127.0.0.1', 'localhost')}/agent#${link}`);
  await page.waitForSelector('#room:not([hidden])');
  assert.not.match(page.url(), 'token');
  await pageUntil(page, `document.activeElement.id === 'you-title'`);
  await tabTo(page, '#mute-self');
  await press(page, '#leave');
  await page.waitForSelector('#join:not([hidden])');
  assert.is(await page.textContent('#status'), 'Not in a session.');
  await page.close();
});

test.run();
