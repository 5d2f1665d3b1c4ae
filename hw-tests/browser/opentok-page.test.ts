import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { Rig } from '../rig/rig.ts';
import { OpenTokSite } from './opentok-site.ts';
import { toneOf } from './tone-of.ts';

/*
 * Pages that were written against the documentation of OpenTok.js (opentok-page/), and know nothing of us. What they noted
 * down is in `seen`.
 */
const rig = new Rig({ needs: ['own'] });

const OTHERS = `document.querySelector('#others .OT_subscriber video')`;
const BESIDE = `document.querySelector('body > video')`;

let chromium: Browser | undefined;
test.after(() => chromium?.close());

async function site() {
  const { application, facts } = rig.box;
  const server = rig.keep(await OpenTokSite.open(facts.http));
  chromium ??= await Browser.start();
  const browser = chromium;
  const sessionId = await application.createSession();
  const open = async (
    page: string,
    who: { role?: string; data?: string; hz?: number; query?: Record<string, string> },
  ) => {
    const { role = 'publisher', data = '', hz, query = {} } = who;
    const token = application.token(sessionId, { role, data });
    const credentials = { apiKey: application.apiKey, sessionId, token, ...(hz !== undefined && { hz: String(hz) }) };
    return rig.keep(await browser.open(server.url(page, { ...credentials, ...query })));
  };
  return { open, application, sessionId };
}

/** Resolves when the page has noted that, whatever else. */
async function noted(page: Page, text: string): Promise<void> {
  await page.waitForFunction(`seen.includes(${JSON.stringify(text)})`).catch(async error => {
    throw new Error(`"${text}" is not among ${await page.evaluate('JSON.stringify(seen)')}`, { cause: error });
  });
}

rig.test('two pages talk and write to each other', async () => {
  const { open } = await site();
  const one = await open('chat.html', { data: 'one', hz: 700 });
  await noted(one, 'published Tone of 700 Hz');
  const two = await open('chat.html', { data: 'two', hz: 1250 });
  for (const note of ['accessAllowed', 'connected true 0', 'came one', 'came two', 'hears Tone of 1250 Hz'])
    await noted(one, note);
  await noted(two, 'hears Tone of 700 Hz');

  // Who hears whom.
  await Promise.all([toneOf(one, OTHERS, 1250), toneOf(two, OTHERS, 700)]);
  await one.waitForFunction(`levels['Tone of 1250 Hz'] > 0.1 && levels.me > 0.1`);

  await one.fill('#text', 'Good morning');
  await one.press('#text', 'Enter');
  await two.waitForSelector('#history .theirs');
  await one.waitForSelector('#history .mine');
  assert.is(await two.textContent('#history .theirs'), 'Good morning');
  await noted(two, 'first signal signal:msg');
  await one.waitForFunction(`document.getElementById('text').value === ''`);

  await two.close();
  await noted(one, 'ended Tone of 1250 Hz clientDisconnected');
  await noted(one, 'hears no more Tone of 1250 Hz');
  await noted(one, 'left two clientDisconnected');
  assert.is(await one.evaluate(`document.querySelectorAll('#others .OT_subscriber').length`), 0);
  assert.equal(await one.evaluate(`seen.filter(text => /^(exception|OT_)/.test(text))`), [], 'nothing has gone wrong');
});

rig.test("a page's styles find the elements that they are for", async () => {
  const { open } = await site();
  const one = await open('chat.html', { hz: 700 });
  await open('chat.html', { hz: 1250 });
  await noted(one, 'hears Tone of 1250 Hz');
  const styles = await one.evaluate(`(() => {
    const of = selector => getComputedStyle(document.querySelector(selector));
    const me = document.getElementById('me');
    return {
      me: [me.className, me.style.width, me.style.height, me.textContent, of('#me').position],
      subscriber: of('#others > .OT_root.OT_subscriber').borderTopWidth,
      frame: of('.OT_subscriber > .OT_widget-container').opacity,
      video: of('.OT_subscriber .OT_video-element').outlineWidth,
      picture: of('.OT_subscriber').backgroundImage,
      style: [publisher.getStyle('nameDisplayMode'), publisher.setStyle({ nameDisplayMode: 'on' }).getStyle()],
      volume: document.querySelector('.OT_subscriber video').volume,
      muted: document.querySelector('.OT_publisher video').muted,
    };
  })()`);
  assert.equal(styles, {
    me: ['OT_root OT_publisher OT_fit-mode-cover OT_mirrored', '320px', '240px', '', 'absolute'],
    subscriber: '7px',
    frame: '0.5',
    video: '3px',
    picture: 'url("https://example.com/a%22picture.png")',
    style: ['off', { nameDisplayMode: 'on', buttonDisplayMode: 'off' }],
    volume: 0.2,
    muted: true,
  });
});

rig.test('who stops publishing and keeps the element publishes it again', async () => {
  const { open } = await site();
  const one = await open('chat.html', { hz: 700 });
  await noted(one, 'published Tone of 700 Hz');
  await one.evaluate('session.unpublish(publisher)');
  await noted(one, 'unpublished clientDisconnected');
  assert.is(await one.evaluate(`document.querySelectorAll('#me video').length`), 1);
  await one.evaluate('seen.length = 0; session.publish(publisher, handleError)');
  await noted(one, 'published Tone of 700 Hz');
  const two = await open('chat.html', { hz: 1250 });
  await noted(two, 'hears Tone of 700 Hz');
  await toneOf(two, OTHERS, 700);
});

rig.test('a moderator mutes one, all, nobody any more, and puts a client out', async () => {
  const { open } = await site();
  const moderator = await open('moderator.html', { role: 'moderator', data: 'boss', hz: 400 });
  await noted(moderator, 'published');
  for (const note of [
    'devices audioInput videoInput',
    'no filters, no encryption',
    'screen sharing false',
    'heard from the last of several',
  ])
    await noted(moderator, note);
  const chat = await open('chat.html', { data: 'one', hz: 700 });
  await noted(moderator, 'sees Tone of 700 Hz context');
  await toneOf(moderator, BESIDE, 700);
  assert.ok(
    await moderator.evaluate(`document.querySelector('body > video').sinkId !== ''`),
    'it plays where it is to',
  );

  await moderator.evaluate(`session.forceMuteStream(named('Tone of 700 Hz'))`);
  await noted(chat, 'my microphone was muted');
  await noted(chat, 'Tone of 700 Hz hasAudio true→false');
  await toneOf(moderator, BESIDE, 700, false);
  await chat.evaluate('publisher.publishAudio(true)');
  await toneOf(moderator, BESIDE, 700);

  await chat.evaluate('seen.length = 0');
  await moderator.evaluate('session.forceMuteAll([session.streams.find(each => each.name === "moderator")])');
  await noted(chat, 'mute true');
  await noted(chat, 'my microphone was muted');
  assert.is(await moderator.evaluate(`named('Tone of 700 Hz').hasAudio`), false);
  const late = await open('chat.html', { data: 'late', hz: 1250 });
  await noted(late, 'my microphone was muted');
  await toneOf(late, OTHERS, 400);
  await moderator.evaluate('session.disableForceMute()');
  await noted(chat, 'mute false');

  await moderator.evaluate(`session.forceUnpublish(named('Tone of 1250 Hz'))`);
  await noted(late, 'unpublished forceUnpublished');
  await noted(late, 'my publisher is gone');
  await noted(moderator, 'ended Tone of 1250 Hz forceUnpublished');
  await moderator.evaluate(`session.forceDisconnect(named('Tone of 700 Hz').connection)`);
  await noted(chat, 'disconnected forceDisconnected');
  await noted(moderator, 'ended Tone of 700 Hz forceDisconnected');
  assert.not.ok((await moderator.evaluate<string[]>('seen')).includes('a handler that was taken off'));
});

rig.test('errors have the documented names and numbers, and are exceptions of OT too', async () => {
  const { open, sessionId } = await site();
  const denied = await open('chat.html', { query: { noMicrophone: '' } });
  for (const note of ['accessDenied', 'OT_USER_MEDIA_ACCESS_DENIED 1500', 'exception 1500 Unable to Publish'])
    await noted(denied, note);

  const badToken = await open('chat.html', { hz: 700, query: { token: 'T1==bm90aGluZw==' } });
  await noted(badToken, 'OT_AUTHENTICATION_ERROR 1004');
  await noted(badToken, 'exception 1004 Authentication error');

  const listener = await open('moderator.html', { role: 'subscriber', hz: 700 });
  await noted(listener, 'devices audioInput videoInput');
  await open('chat.html', { data: 'one', hz: 1250 });
  await noted(listener, 'sees Tone of 1250 Hz context');
  const failures = await listener.evaluate(`(async () => {
    const stream = named('Tone of 1250 Hz');
    const gone = { ...stream, streamId: 'gone', connection: stream.connection };
    const other = OT.initSession('key', ${JSON.stringify(sessionId)});
    const completed = action => new Promise(resolve => action(error => resolve(error && error.name + ' ' + error.code)));
    return {
      mute: await failure(session.forceMuteStream(stream)),
      muteAll: await failure(session.forceMuteAll()),
      disconnect: await completed(done => session.forceDisconnect(stream.connection, done)),
      unpublish: await completed(done => session.forceUnpublish(stream, done)),
      publish: await completed(done => session.publish(null, { videoSource: null }, done)),
      subscribe: await completed(done => session.subscribe(gone, null, {}, done)),
      longType: await completed(done => session.signal({ type: 'x'.repeat(129) }, done)),
      longData: await failure(session.signal({ data: 'x'.repeat(8193) })),
      toNobody: await failure(session.signal({ data: 'x', to: { connectionId: 'nobody' } })),
      early: await failure(other.signal({ data: 'x' })),
      noSession: (() => { try { OT.initSession('key', ''); } catch (error) { return error.name + ' ' + error.code; } })(),
      noElement: (() => { try { session.subscribe(stream, 'nowhere'); } catch (error) { return error.name + ' ' + error.code; } })(),
    };
  })()`);
  assert.equal(failures, {
    mute: 'OT_PERMISSION_DENIED 1540',
    muteAll: 'OT_PERMISSION_DENIED 1540',
    disconnect: 'OT_PERMISSION_DENIED 1520',
    unpublish: 'OT_PERMISSION_DENIED 1530',
    publish: 'OT_PERMISSION_DENIED 1500',
    subscribe: 'OT_STREAM_NOT_FOUND 1501',
    longType: 'OT_INVALID_PARAMETER 413',
    longData: 'OT_INVALID_PARAMETER 413',
    toNobody: 'OT_NOT_FOUND 404',
    early: 'OT_NOT_CONNECTED 500',
    noSession: 'OT_INVALID_SESSION_ID 1005',
    noElement: 'OT_INVALID_PARAMETER 1011',
  });
});

rig.run();
