import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { ApplicationKey } from './application-key.ts';
import { KeyRenewal } from './key-renewal.ts';
import { rsaKeys } from './projects.fixture.ts';
import { projectsOf } from './projects.ts';
import type { Secrets } from './secrets.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'k-'));
test.after(() => rmSync(folder, { recursive: true }));

const file = path.join(folder, 'public.pem');
const keys = rsaKeys();

/** What is said of a file of that content. */
function refusal(content: string | null): string {
  if (content === null) rmSync(file, { force: true });
  else writeFileSync(file, content);
  try {
    new ApplicationKey(file);
  } catch (error) {
    if (isCrosspointError(error) && error.code === 'config.key-file') return error.message;
    throw error;
  }
  return 'accepted';
}

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

const cases: [what: string, content: string | null, said: RegExp][] = [
  ['a public RSA key', keys.publicKey, /^accepted$/],
  [
    'one in the form of PKCS #1',
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).publicKey,
    /^accepted$/,
  ],
  ['no file', null, /there is no such file/],
  ['a private key', keys.privateKey, /it is a private key, which belongs to the application alone/],
  ['both halves', keys.publicKey + keys.privateKey, /it is a private key/],
  ['a short key', rsaKeys(1024).publicKey, /has 1024 bits; 2048 are the least/],
  ['another kind of key', spki(generateKeyPairSync('ed25519').publicKey), /a key of type ed25519/],
  ['a key for PSS alone', spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey), /of type rsa-pss/],
  ['something else', 'hello', /no public key in PEM/],
  ['an empty file', '', /no public key in PEM/],
  ['an endless file', 'x'.repeat(100_000), /larger than 16384 bytes/],
];

for (const [what, content, said] of cases) {
  test(`a publicKeyFile with ${what} is ${said.source === '^accepted$' ? 'taken' : 'refused in words'}`, () => {
    const told = refusal(content);
    assert.match(told, said);
    if (told !== 'accepted') assert.ok(told.startsWith(`${file} cannot be used: `));
    assert.not.match(told, keys.privateKey.slice(60, 90));
  });
}

test('a folder is refused in words', () => {
  assert.throws(() => new ApplicationKey(folder), /cannot be used: .*EISDIR/);
});

test('a replaced key counts from then on; one that cannot be used changes nothing', () => {
  writeFileSync(file, keys.publicKey);
  const vonage = { applicationId: '78d335fa-323d-4114-9c3d-d6f0d48968cf', publicKeyFile: file };
  const projects = projectsOf({ projects: [{ vonage }] }, {} as Secrets);
  const [project] = projects.values();
  assert.ok(project?.kind === 'vonage');
  const told: string[] = [];
  const clock = new ManualClock();
  const renewal = new KeyRenewal({ projects, clock, log: createLog('info', { write: line => void told.push(line) }) });
  renewal.start();
  const current = () => project.publicKey.current.export({ type: 'spki', format: 'pem' });

  writeFileSync(file, 'half of a ke');
  clock.advance(60_000);
  assert.is(current(), keys.publicKey);
  assert.match(told.splice(0).join(), /the former ones stay/);
  const next = rsaKeys();
  writeFileSync(file, next.publicKey);
  renewal.check();
  assert.is(current(), next.publicKey);
  assert.match(told.join(), /public keys of applications were replaced/);
  renewal.close();
  assert.is(clock.pendingTimers, 0);
});

test.run();
