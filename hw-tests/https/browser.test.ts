import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { otherAddress } from '../rig/other-address.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';

const address = otherAddress();
let box: OwnBox;
let port: string;
let trusting: Browser;

test.before(async () => {
  box = await OwnBox.start({ http: { host: '0.0.0.0' } });
  port = new URL(box.facts.http).port;
  const caFile = path.join(box.folder, 'ca.pem');
  writeFileSync(caFile, await (await fetch(`${box.facts.http}/trust/ca.pem`)).text());
  trusting = await Browser.start(caFile);
});
test.after(async () => {
  await trusting?.close();
  await box?.close();
});

interface Microphone {
  readonly secure: boolean;
  readonly devices: boolean;
  readonly tracks: number;
}

/** Whether the page may have a microphone, and whether it gets one. A text: our types know no browser. */
function microphone(page: Page): Promise<Microphone> {
  return page.evaluate(`(async () => {
    const devices = 'mediaDevices' in navigator;
    const tracks = devices ? (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks().length : 0;
    return { secure: isSecureContext, devices, tracks };
  })()`);
}

const elsewhere = (name: string, body: (address: string) => Promise<void>) => {
  if (address !== undefined) return localTest(name, () => body(address));
  console.log(`skipped: ${name} (this machine has no address but loopback)`);
  test.skip();
};

localTest(
  'a browser that trusts the authority opens the box by name without a warning, and gets a microphone',
  async () => {
    const page = await trusting.open(`https://localhost:${port}/trust`);
    assert.is(await page.title(), 'Trust this Crosspoint box');
    assert.equal(await microphone(page), { secure: true, devices: true, tracks: 1 });
  },
);

elsewhere('so it does by an address of the network', async host => {
  const page = await trusting.open(`https://${host}:${port}/trust`);
  assert.equal(await microphone(page), { secure: true, devices: true, tracks: 1 });
});

elsewhere('over plain HTTP from the network it can read how to trust the box, and gets no microphone', async host => {
  const page = await trusting.open(`http://${host}:${port}/trust`);
  assert.is(await page.title(), 'Trust this Crosspoint box');
  assert.equal(await microphone(page), { secure: false, devices: false, tracks: 0 });
});

elsewhere('any other page over plain HTTP leads it to https', async host => {
  const page = await trusting.open(`http://${host}:${port}/device/calls`);
  assert.is(page.url(), `https://${host}:${port}/device/calls`);
});

/** The code with which the event channel refuses a token that is none; 1006 of a channel that never opened. */
function eventChannel(page: Page): Promise<number> {
  return page.evaluate(`new Promise(resolve => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/v2/session/none/events', 'crosspoint.v1');
    socket.onopen = () => socket.send(JSON.stringify({ type: 'connect', token: 'none' }));
    socket.onclose = ({ code }) => resolve(code);
  })`);
}

localTest('the event channel opens over wss, next to the pages', async () => {
  assert.is(await eventChannel(await trusting.open(`https://localhost:${port}/health`)), 4401);
});

elsewhere('over plain HTTP from the network it does not open', async host => {
  assert.is(await eventChannel(await trusting.open(`http://${host}:${port}/health`)), 1006);
});

localTest('the page has its style, asks for nothing else, and fits a phone', async () => {
  const page = await trusting.open('about:blank');
  const complaints: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`https://localhost:${port}/trust`);
  const { padding, wide } = await page.evaluate<{ padding: string; wide: number }>(
    '({ padding: getComputedStyle(document.body).padding, wide: document.documentElement.scrollWidth })',
  );
  assert.is(padding, '16px');
  assert.ok(wide <= 320, `${wide} pixels wide`);
  // Nobody has given the box an icon.
  assert.equal(
    complaints.filter(text => !text.includes('404')),
    [],
  );
});

localTest('a browser that was not told to trust it refuses the box', async () => {
  const stranger = await Browser.start();
  const refused = await stranger.open(`https://localhost:${port}/trust`).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  assert.match(refused, /ERR_CERT_AUTHORITY_INVALID/);
  await stranger.close();
});

test.run();
