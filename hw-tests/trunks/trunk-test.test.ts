import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { Baresip } from '../rig/baresip.ts';
import { Authority } from '../rig/certificates.ts';
import { startChild } from '../rig/children.ts';
import { freePort } from '../rig/free-ports.ts';
import { Kamailio } from '../rig/kamailio.ts';
import { root } from '../rig/own-box.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SilentUdp } from '../rig/silent-udp.ts';
import { within } from '../rig/until.ts';

/** The peer's echo is another box, behind a proxy that wants a password. */
const [echo, phone] = [await freePort(), await freePort()];
const authority = new Authority();
const proxy = await Kamailio.start({
  users: { 'the-box': 'the-secret' },
  challenge: true,
  routes: { '+442071234567': [`sip:echo@127.0.0.1:${echo}`], '100': [`sip:100@127.0.0.1:${phone}`] },
  tls: authority.issue('sip.peer.test'),
});
const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      sip: { listeners: [{ transport: 'udp', host: '127.0.0.1', port: echo }] },
      builtinNumbers: { allowFrom: ['127.0.0.1'] },
    },
  },
});
test.after(async () => {
  await proxy.close();
  authority.close();
});

const AUTH = { username: 'the-box', password: 'the-secret' };
const own = authority.issue('box.test');

/** What `npm run trunk-test` runs, with a trunk as an operator would write it. */
async function walk(trunk: object, number?: string): Promise<{ code: number | null; text: string }> {
  const file = path.join(rig.own.folder, 'operator.yaml');
  const listeners = ['udp', 'tcp', 'tls'].map(transport => ({
    transport,
    host: '127.0.0.1',
    ...(transport === 'tls' && own),
  }));
  writeFileSync(file, stringify({ sip: { listeners }, trunks: [{ name: 'carrier', ...trunk }] }), { mode: 0o600 });
  const args = ['carrier', '--config', file, ...(number === undefined ? [] : ['--number', number])];
  const main = path.join(root, 'dist/firmware/trunks/trunk-test/main.js');
  const child = await startChild('trunk-test', process.execPath, [main, ...args]);
  rig.keep({ close: () => child.stop() });
  const { code } = await within(40_000, 'the walk', child.exited);
  const text = child.output();
  if (process.env.SHOW) console.log(`\n${text}`);
  assert.not.match(text, /the-secret|not-the-word|inline:/);
  return { code, text };
}

/** The walk fails, and the step says that, with that advice. */
async function fails(
  trunk: object,
  number: string | undefined,
  step: string,
  saw: RegExp,
  advice: RegExp,
): Promise<void> {
  const { code, text } = await walk(trunk, number);
  assert.is(code, 1, text);
  const [block = ''] = new RegExp(`^✗ ${step} [^\\n]*\\n(?: {12}[^\\n]*\\n)*`, 'm').exec(text) ?? [];
  assert.match(block, saw, text);
  assert.match(block, new RegExp(`→ .*${advice.source}`), text);
}

const target = (port: number, more = '') => `sip:127.0.0.1:${port};timeout=2000${more}`;

rig.test('a peer that is well is walked from its name to its echo and its digits', async () => {
  const { code, text } = await walk({ targets: [target(proxy.port)], auth: AUTH, register: {} }, '+442071234567');
  assert.is(code, 0, text);
  for (const line of [
    /^✓ dns /m,
    /^✓ options +200/m,
    /^✓ call .*200/m,
    /^✓ audio [^✓]*our own tone comes back/m,
    /^✓ dtmf +123#/m,
    /^✓ bye +200/m,
    /^✓ register +as the-box with 127\.0\.0\.1: 200/m,
    /all is well/,
  ])
    assert.match(text, line);
  await rig.box.idle();
});

rig.test('a name that is not there', () =>
  fails({ targets: ['sip:no-such-host.invalid'] }, undefined, 'dns', /no-such-host\.invalid/, /check its spelling/),
);

rig.test('a port where nobody listens, by TCP', async () =>
  fails(
    { targets: [target(await freePort(), ';transport=tcp')] },
    undefined,
    'connect',
    /ECONNREFUSED/,
    /nobody listens there/,
  ),
);

rig.test('a port where nobody listens, by UDP', async () =>
  fails({ targets: [target(await freePort())] }, undefined, 'options', /./, /check/),
);

rig.test('a peer that says nothing', async () => {
  const silent = rig.keep(await SilentUdp.open());
  await fails({ targets: [target(silent.port)] }, undefined, 'options', /no (response|answer)/i, /nothing came back/);
});

rig.test('a wrong password, and none', async () => {
  const targets = [target(proxy.port)];
  const wrong = { ...AUTH, password: 'not-the-word' };
  await fails({ targets, auth: wrong }, '+442071234567', 'call', /407/, /check auth\.username and auth\.password/);
  await fails(
    { targets, auth: wrong, register: {} },
    undefined,
    'register',
    /401/,
    /check auth\.username and auth\.password/,
  );
  await fails({ targets }, '+442071234567', 'call', /407/, /wants a password: set auth/);
});

rig.test('a number that the peer does not have', () =>
  fails({ targets: [target(proxy.port)], auth: AUTH }, '+4420', 'call', /404/, /try another numbers\.out/),
);

rig.test('a certificate for another name, and one of an authority that nobody trusts', async () => {
  const targets = [target(proxy.tlsPort, ';transport=tls')];
  const { caFile } = authority;
  await fails({ targets, tls: { caFile } }, undefined, 'connect', /not trusted for 127\.0\.0\.1/, /names another host/);
  await fails({ targets }, undefined, 'connect', /sip\.peer\.test/, /tls\.caFile/);
  // Plain TCP where TLS is expected.
  await fails(
    { targets: [target(proxy.port, ';transport=tls')] },
    undefined,
    'connect',
    /no TLS handshake/,
    /does not speak TLS/,
  );
});

const OVER_PROXY = { targets: [target(proxy.port)], auth: AUTH };

rig.test('a peer that is no echo is heard, and is not taken for one', async () => {
  const called = await startPhone(rig, { frequencyHz: 500, port: phone });
  const { code, text } = await walk(OVER_PROXY, '100');
  assert.is(code, 0, text);
  assert.match(text, /^✓ audio [^✓]*no echo[^✓]*not our tone/m);
  assert.is(called.media.digits(), '123#');
});

rig.test('a peer that sends no sound', async () => {
  const called = await startPhone(rig, { frequencyHz: 500, port: phone });
  called.media.talkTo = () => {};
  await fails(OVER_PROXY, '100', 'audio', /0 received/, /media\.advertise/);
});

rig.test('a peer without telephone-event', async () => {
  await startPhone(rig, { frequencyHz: 500, port: phone, scenario: 'answer-without-digits' });
  await fails({ ...OVER_PROXY, dtmf: { send: 'rfc4733' } }, '100', 'dtmf', /no telephone-event/, /dtmf\.send: auto/);
});

rig.test('a peer that wants SRTP, and one that has none', async () => {
  const secure = rig.keep(await Baresip.start({ frequencyHz: 500, secured: true }));
  const at = secure.uri.replace(/^sip:[^@]+@/, 'sip:');
  await fails({ targets: [`${at};timeout=2000`] }, 'baresip', 'call', /488/, /media \(rtp, srtp, prefer-srtp\)/);
  await startPhone(rig, { frequencyHz: 500, port: phone });
  await fails({ ...OVER_PROXY, media: 'srtp' }, '100', 'call', /no use/, /media \(rtp, srtp/);
});

rig.run();
