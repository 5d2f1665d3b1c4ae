import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsNothingOf } from '../rig/hearing.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { wavOf } from '../rig/wav.ts';
import { press, tabTo } from './keyboard.ts';
import { pageUntil } from './page-until.ts';
import { toneOf } from './tone-of.ts';

const CARRIER = '127.0.0.3';
const PHONE_HZ = 400;
const AGENT_HZ = 1000;
const NUMBER = '+442071234567';
/** Where pictures of the page are to be left to be looked at; none are taken without. */
const { HW_TEST_SCREENSHOTS: SCREENSHOTS } = process.env;

const port = await freePort(CARRIER);
const rig = new Rig({
  needs: ['own'],
  box: {
    clientsMayDial: true,
    config: {
      tellDigits: true,
      trunks: [{ name: 'carrier', targets: [`sip:${CARRIER}:${port}`], sources: [CARRIER], optionsSeconds: 0 }],
    },
  },
});

/** The page plays what it hears with elements that are not in the document. */
const REMEMBER_WHAT_PLAYS = `(() => {
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    globalThis.playing = this;
    return play.call(this);
  };
})()`;

/** Chromium whose microphone hears a voice that says nothing but a tone, in syllables: a steady one would be taken for noise. */
async function talkingBrowser(): Promise<Browser> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'v-'));
  rig.keep({ close: () => rmSync(folder, { recursive: true, force: true }) });
  const file = path.join(folder, 'voice.wav');
  const rate = 48_000;
  const tone = sine(AGENT_HZ, -14, 0, 4 * rate, rate);
  const syllables = tone.map((sample, i) => ((i / rate) % 0.4 < 0.28 ? sample : 0));
  writeFileSync(file, wavOf(syllables, rate));
  return rig.keep(await Browser.start(undefined, [`--use-file-for-fake-audio-capture=${file}`]));
}

async function shows(page: Page, selector: string, text: string): Promise<void> {
  const found = `document.querySelector(${JSON.stringify(selector)})`;
  await pageUntil(page, `${found}?.checkVisibility() && ${found}.textContent.includes(${JSON.stringify(text)})`);
}

/** Nothing is wider than the page; what is too small for a finger is told of, too. */
async function fitsOn(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 740 });
  const wrong = await page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
    .filter(each => each.checkVisibility())
    .flatMap(each => {
      const { left, right, height } = each.getBoundingClientRect();
      const tooSmall = each.matches('button, input, select, summary') && height < 44;
      const name = each.tagName + ' ' + (each.id || each.className) + ' ' + each.textContent.slice(0, 20);
      return left < 0 || right > innerWidth || tooSmall ? [name] : [];
    })`);
  assert.equal(wrong, [], `on ${width} px`);
  assert.is(await page.evaluate('document.documentElement.scrollWidth'), width);
}

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

rig.test(
  'an agent joins, calls a number, talks, presses keys, holds, mutes and hangs up, by keyboard alone',
  async () => {
    const { application, facts } = rig.box;
    const session = await application.createSession();
    const token = (role: string, data: string) => application.token(session, { role, data });
    const browser = await talkingBrowser();
    const origin = facts.http.replace('127.0.0.1', 'localhost');
    const page = await browser.open(`${origin}/agent`, REMEMBER_WHAT_PLAYS);
    await fitsOn(page, 360);
    await picture(page, 'join');
    await tabTo(page, '[name=session]');
    await page.keyboard.type(session);
    await tabTo(page, '[name=token]');
    await page.keyboard.type(token('moderator', 'Agent'));
    await page.keyboard.press('Enter');
    await shows(page, '#status', 'You are in the session');
    await shows(page, '#nobody', 'Nobody else is here.');

    const phone = await SteeredPhone.listening(rig, { frequencyHz: PHONE_HZ, host: CARRIER, port });
    await tabTo(page, '[name=to]');
    await page.keyboard.type('+44 20 7123 4567');
    await page.keyboard.press('Enter');
    assert.match(await phone.invited(), `INVITE sip:${NUMBER}@`);
    await shows(page, '.person .name', NUMBER);
    await shows(page, '.person .state', 'calling');
    assert.ok(await page.evaluate(`document.querySelector('[aria-label^="Hold"]').disabled`), 'nobody can be held yet');
    phone.ring();
    await shows(page, '.person .state', 'ringing');
    await phone.answer();
    await shows(page, '.person .state', 'connected');
    await shows(page, '#status', `${NUMBER} is connected.`);

    // Who hears whom, and what is shown of it.
    await toneOf(page, 'globalThis.playing', PHONE_HZ);
    const level = (selector: string) =>
      `Number(document.querySelector(${JSON.stringify(selector)}).style.getPropertyValue('--level')) > 0.3`;
    await pageUntil(page, level('.person .level span'));
    await pageUntil(page, level('#own-level span'));
    const hearsAgent = () =>
      until('the agent to be heard', async () => (await phone.media.listen(1)).atLeast(AGENT_HZ) > -30, {
        limitMs: 10_000,
      });
    await hearsAgent();
    hearsNothingOf(await phone.media.listen(1), PHONE_HZ);
    await shows(page, '.person .figures', 'Good sound');
    await shows(page, '#own-figures', 'Good sound');
    assert.match(String(await page.textContent('.person .figures')), /MOS\s4\.\d · loss\s0\.0\s%/);
    await shows(page, '.person .since', '0:0');

    await page.setViewportSize({ width: 1280, height: 800 });
    await press(page, '#keys button');
    await page.keyboard.type('5#');
    await until('the digits', () => phone.media.digits() === '15#', { state: () => phone.media.digits() });
    await shows(page, '#digits-sent', '15#');
    phone.media.press('7', 160);
    await shows(page, '.person .pressed', '7');
    await picture(page, 'talking');

    await press(page, '[aria-label^="Hold"]');
    await shows(page, '.person .state', 'on hold');
    await phone.next('CHANGE');
    hearsNothingOf(await phone.media.listen(1), AGENT_HZ);
    await picture(page, 'held');
    await press(page, '[aria-label^="Hold"]');
    await shows(page, '.person .state', 'connected');
    await hearsAgent();

    await press(page, '[aria-label^="Mute +"]');
    await shows(page, '.person .muted', 'muted');
    await toneOf(page, 'globalThis.playing', PHONE_HZ, false);
    await press(page, '[aria-label^="Mute +"]');
    await toneOf(page, 'globalThis.playing', PHONE_HZ);
    await press(page, '#mute-self');
    await shows(page, '#own-state', 'muted');
    await until('the agent to be muted', async () => (await phone.media.listen(1)).atMost(AGENT_HZ) < -45);
    await press(page, '#mute-self');
    await hearsAgent();

    // Another microphone: Chromium's second one says what the first one does.
    await press(page, 'summary');
    await tabTo(page, '#microphone');
    await page.keyboard.press('ArrowDown');
    await shows(page, '#status', 'You talk into');
    await hearsAgent();
    await press(page, 'summary');

    const colleague = await browser.open(
      `${origin}/agent#${new URLSearchParams({ session, token: token('publisher', 'A colleague from the office around the corner') })}`,
    );
    await shows(colleague, '.person .name', 'Agent');
    await shows(page, '.person:last-child .name', 'A colleague');
    assert.not.ok(await colleague.evaluate(`document.querySelector('#dial').checkVisibility()`), 'who may not call');
    await page.bringToFront();
    await pageUntil(page, level('.person .level span'));
    await fitsOn(page, 360);
    await picture(page, 'narrow');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await picture(page, 'wide');

    await press(page, '[aria-label^="Hang up"]');
    await phone.next('ENDED');
    await pageUntil(page, `document.querySelectorAll('.person').length === 1`);
    assert.not.ok(
      await page.evaluate(`document.querySelector('#keypad').checkVisibility()`),
      'there is no phone any more',
    );
    await press(page, '[aria-label^="Remove"]');
    await shows(colleague, '#problem', 'A moderator has removed you');
    await shows(page, '#nobody', 'Nobody else is here.');
    await press(page, '#leave');
    await shows(page, '#status', 'Not in a session.');
    await rig.box.idle();
  },
);

rig.run();
