import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FileCache } from './file-cache.ts';

const test = suite<{ directory: string }>('files that can be made again');
test.before.each(scene => {
  scene.directory = mkdtempSync(path.join(tmpdir(), 'cache-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const nameOf = (n: number) => `${String(n).padStart(64, '0')}.wav`;
const KIB4 = Buffer.alloc(4096);
function opened(directory: string, blocks = 3): FileCache {
  const cache = new FileCache({ directory, maxBytes: blocks * 4096 });
  cache.open();
  return cache;
}
const there = (directory: string) =>
  readdirSync(directory)
    .map(name => Number.parseInt(name, 10))
    .sort();
/** Deleting is not waited for. */
async function settled(directory: string, expected: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 200 && there(directory).length !== expected.length; tries++)
    await new Promise(resolve => setTimeout(resolve, 5));
  assert.equal(there(directory), expected);
}

test('what is wanted by several at once is made once; what fails is made anew the next time', async ({ directory }) => {
  const cache = opened(directory);
  let made = 0;
  const make = async (file: string) => {
    made += 1;
    if (made === 1) {
      await writeFile(file, 'half');
      throw new Error('it fails');
    }
    await writeFile(file, 'whole');
  };
  await cache.make(nameOf(1), make).then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'it fails'),
  );
  assert.equal(readdirSync(directory), []);
  await Promise.all([1, 1, 1].map(() => cache.make(nameOf(1), make)));
  await cache.make(nameOf(1), make);
  assert.is(made, 2);
  assert.is(readFileSync(path.join(directory, nameOf(1)), 'utf8'), 'whole');
});

test('beyond its size those go that were used longest ago, also over a restart', async ({ directory }) => {
  const cache = opened(directory);
  for (const n of [1, 2, 3]) {
    await cache.make(nameOf(n), file => writeFile(file, KIB4));
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  assert.ok(await cache.use(nameOf(1)));
  await new Promise(resolve => setTimeout(resolve, 20));
  await cache.make(nameOf(4), file => writeFile(file, KIB4));
  await settled(directory, [1, 3, 4]);
  writeFileSync(path.join(directory, 'x.part'), 'left by a process that was killed');
  const next = opened(directory, 2);
  await settled(directory, [1, 4]);
  assert.is(next.bytes, 2 * 4096);
  assert.not.ok(await next.use(nameOf(3)));
});

test('one that somebody has deleted is made again', async ({ directory }) => {
  const cache = opened(directory);
  const make = (file: string) => writeFile(file, KIB4);
  await cache.make(nameOf(1), make);
  await rm(path.join(directory, nameOf(1)));
  await cache.make(nameOf(1), make);
  assert.equal(there(directory), [1]);
});

test.run();
