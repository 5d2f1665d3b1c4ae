import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectLogins } from './broker-logins.ts';
import { CREDENTIALS_FILE, loadSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'logins-'));
test.after(() => rmSync(folder, { recursive: true }));

test('each project has a login of its own, made once, kept with the other credentials', () => {
  const first = projectLogins(folder, loadSecrets(folder), ['a', 'b']);
  assert.equal(Object.keys(first), ['a', 'b']);
  assert.is(first.a?.username, 'project-a');
  assert.match(first.a?.password ?? '', /^[0-9a-f]{40}$/);
  assert.is.not(first.a?.password, first.b?.password);
  assert.equal(projectLogins(folder, loadSecrets(folder), ['a', 'b']), first);
  assert.is(statSync(join(folder, CREDENTIALS_FILE)).mode & 0o777, 0o600);
});

test('one that comes later gets one, one that is configured no more has none, and gets the same when it is back', () => {
  const before = projectLogins(folder, loadSecrets(folder), ['a', 'b']);
  const later = projectLogins(folder, loadSecrets(folder), ['b', 'c']);
  assert.equal(Object.keys(later).sort(), ['b', 'c']);
  assert.equal(later.b, before.b);
  assert.equal(projectLogins(folder, loadSecrets(folder), ['a']).a, before.a);
});

test.run();
