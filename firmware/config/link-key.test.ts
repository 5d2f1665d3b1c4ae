import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadLinkKey } from './link-key.ts';

const test = suite<{ folder: string }>('the key of links');
test.before.each(context => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'key-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('it is made once, of 256 bits, and only the service may read it', ({ folder }) => {
  const key = loadLinkKey(folder);
  assert.is(key.length, 32);
  assert.equal(loadLinkKey(folder), key);
  assert.is(statSync(path.join(folder, 'archive-links.key')).mode & 0o777, 0o600);
});

test('one that others may read, or that is none, is not used', ({ folder }) => {
  const file = path.join(folder, 'archive-links.key');
  writeFileSync(file, 'a key', { mode: 0o600 });
  assert.throws(() => loadLinkKey(folder), /holds no key/);
  chmodSync(file, 0o644);
  assert.throws(() => loadLinkKey(folder), /read or written by other users/);
});

test.run();
