import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { CertificateNames } from './certificate-names.ts';
import { AUTHORITY_FILE, CERTIFICATE_FILE, OwnAuthority } from './own-authority.ts';

const test = suite<{ stateDir: string }>("the box's own authority");
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 5, 1);

test.before.each(context => {
  context.stateDir = mkdtempSync(path.join(os.tmpdir(), 'authority-'));
});
test.after.each(({ stateDir }) => rmSync(stateDir, { recursive: true }));

interface Given {
  names?: CertificateNames;
  clock?: ManualClock;
}

const usual: CertificateNames = { dns: ['box.local', 'localhost'], addresses: ['127.0.0.1', '192.0.2.7', '::1'] };

function opened(stateDir: string, given: Given = {}) {
  const { clock = new ManualClock(START) } = given;
  return OwnAuthority.open({ stateDir, box: 'box', names: () => given.names ?? usual, clock, log: silentLog });
}

const certOf = ({ shown }: OwnAuthority) => new X509Certificate(shown.cert);
const rootOf = ({ authority }: OwnAuthority) => new X509Certificate(authority);
const daysOf = (cert: X509Certificate) => (Date.parse(cert.validTo) - Date.parse(cert.validFrom)) / DAY_MS;

test('the first start makes an authority for ten years and a certificate for 397 days, keys for us alone', async ({
  stateDir,
}) => {
  const own = await opened(stateDir);
  const [root, cert] = [rootOf(own), certOf(own)];
  assert.ok(root.ca);
  assert.not.ok(cert.ca);
  assert.ok(cert.checkIssued(root) && cert.verify(root.publicKey));
  assert.is(daysOf(root), 3652);
  assert.is(daysOf(cert), 397);
  assert.equal(root.publicKey.asymmetricKeyDetails, { namedCurve: 'prime256v1' });
  assert.ok(Date.parse(cert.validFrom) < START, 'a clock that is somewhat behind takes it too');
  for (const name of usual.dns) assert.is(cert.checkHost(name), name);
  for (const address of usual.addresses) assert.is(cert.checkIP(address), address);
  for (const file of [AUTHORITY_FILE, CERTIFICATE_FILE])
    assert.is(statSync(path.join(stateDir, file)).mode & 0o777, 0o600, file);
  assert.not.match(own.authority, 'PRIVATE');
  assert.equal(readdirSync(stateDir).sort(), [AUTHORITY_FILE, CERTIFICATE_FILE]);
});

test('the next start has the same authority and the same certificate', async ({ stateDir }) => {
  const first = await opened(stateDir);
  const second = await opened(stateDir);
  assert.is(second.authority, first.authority);
  assert.is(certOf(second).serialNumber, certOf(first).serialNumber);
  assert.is(second.shown.key, first.shown.key);
});

test('a certificate is renewed thirty days before its end, while the service runs', async ({ stateDir }) => {
  const clock = new ManualClock(START);
  const own = await opened(stateDir, { clock });
  const before = certOf(own).serialNumber;
  const renewed: string[] = [];
  own.onRenewed = ({ cert }) => renewed.push(new X509Certificate(cert).serialNumber);
  clock.advance(365 * DAY_MS);
  await own.check();
  assert.equal(renewed, []);
  clock.advance(2 * DAY_MS);
  await own.check();
  assert.equal(renewed, [certOf(own).serialNumber]);
  assert.is.not(certOf(own).serialNumber, before);
  assert.ok(Date.parse(certOf(own).validTo) > clock.now() + 390 * DAY_MS);
  await own.check();
  assert.is(renewed.length, 1);
});

test('by itself it looks every minute, and no more once it is closed', async ({ stateDir }) => {
  const given: Given = { clock: new ManualClock(START) };
  const own = await opened(stateDir, given);
  own.start();
  const renewed = new Promise<void>(resolve => {
    own.onRenewed = () => resolve();
  });
  given.names = { ...usual, addresses: [...usual.addresses, '198.51.100.4'] };
  given.clock?.advance(60_000);
  await renewed;
  assert.is(certOf(own).checkIP('198.51.100.4'), '198.51.100.4');
  own.close();
  assert.is(given.clock?.pendingTimers, 0);
});

test('an address that is gone is no reason, another name is', async ({ stateDir }) => {
  const given: Given = {};
  const own = await opened(stateDir, given);
  const before = certOf(own).serialNumber;
  given.names = { ...usual, addresses: ['127.0.0.1'] };
  await own.check();
  assert.is(certOf(own).serialNumber, before);
  given.names = { ...usual, dns: ['localhost'] };
  await own.check();
  assert.is.not(certOf(own).serialNumber, before);
  assert.is(certOf(own).checkHost('box.local'), undefined);
});

test('a name that the authority may not certify needs another authority; one below its own does not', async ({
  stateDir,
}) => {
  const given: Given = {};
  const own = await opened(stateDir, given);
  const before = own.authority;
  given.names = { ...usual, dns: ['box.local', 'localhost', 'www.box.local'] };
  await own.check();
  assert.is(own.authority, before);
  given.names = { ...usual, dns: ['api.twilio.com', 'box.local', 'localhost'] };
  await own.check();
  assert.is.not(own.authority, before);
  assert.is.not(rootOf(own).subject, new X509Certificate(before).subject);
  assert.is(certOf(own).checkHost('api.twilio.com'), 'api.twilio.com');
  assert.is((await opened(stateDir, given)).authority, own.authority);
});

test('an authority that ends is followed by another, a clock that is behind makes none', async ({ stateDir }) => {
  const first = await opened(stateDir);
  const behind = await opened(stateDir, { clock: new ManualClock(START - 4000 * DAY_MS) });
  assert.is(behind.authority, first.authority);
  assert.is(certOf(behind).serialNumber, certOf(first).serialNumber);
  const clock = new ManualClock(START + 3640 * DAY_MS);
  const late = await opened(stateDir, { clock });
  assert.is.not(late.authority, first.authority);
  assert.ok(Date.parse(certOf(late).validTo) > clock.now() + 390 * DAY_MS);
});

test('no certificate outlives its authority', async ({ stateDir }) => {
  const clock = new ManualClock(START);
  const own = await opened(stateDir, { clock });
  clock.advance(3400 * DAY_MS);
  await own.check();
  assert.is(certOf(own).validTo, rootOf(own).validTo);
});

test('a damaged certificate is replaced, a damaged or exposed authority never', async ({ stateDir }) => {
  const own = await opened(stateDir);
  writeFileSync(path.join(stateDir, CERTIFICATE_FILE), 'half a file');
  assert.is((await opened(stateDir)).authority, own.authority);
  const file = path.join(stateDir, AUTHORITY_FILE);
  chmodSync(file, 0o644);
  assert.is(await codeOf(opened(stateDir)), 'config.secrets-exposed');
  chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, 300));
  assert.is(await codeOf(opened(stateDir)), 'config.secrets-unreadable');
  assert.is(readFileSync(file, 'utf8'), text.slice(0, 300));
});

test('what cannot be written leaves the former certificate in use', async ({ stateDir }) => {
  const given: Given = {};
  const own = await opened(stateDir, given);
  const { shown } = own;
  rmSync(stateDir, { recursive: true });
  given.names = { ...usual, dns: ['localhost'] };
  await own.check();
  assert.is(own.shown, shown);
  mkdirSync(stateDir);
  await own.check();
  assert.is.not(own.shown, shown);
});

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    error => (isCrosspointError(error) ? error.code : String(error)),
  );
}

test.run();
