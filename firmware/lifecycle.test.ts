import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lifecycle } from './lifecycle.ts';

function recorder() {
  const said: string[] = [];
  const part = (name: string, trouble: { start?: boolean; close?: boolean } = {}) => ({
    start: () => {
      if (trouble.start) throw new Error(`${name} cannot`);
      said.push(`start ${name}`);
    },
    close: () => {
      said.push(`close ${name}`);
      if (trouble.close) throw new Error(`${name} is stuck`);
    },
  });
  return { said, part };
}

test('parts end in the reverse order of their start, after the last words', async () => {
  const { said, part } = recorder();
  const lifecycle = new Lifecycle();
  await lifecycle.run(part('a'));
  await lifecycle.run(part('b'));
  lifecycle.beforeEnd(async () => void said.push('last words'));
  await lifecycle.end();
  assert.equal(said, ['start a', 'start b', 'last words', 'close b', 'close a']);
});

test('ending twice ends once', async () => {
  const { said, part } = recorder();
  const lifecycle = new Lifecycle();
  await lifecycle.run(part('a'));
  await Promise.all([lifecycle.end(), lifecycle.end()]);
  assert.equal(said, ['start a', 'close a']);
});

test('when a part cannot start, those before it are closed and it is not', async () => {
  const { said, part } = recorder();
  const lifecycle = new Lifecycle();
  await lifecycle.run(part('a'));
  const failure = await lifecycle.run(part('b', { start: true })).catch(error => error.message);
  await lifecycle.end();
  assert.is(failure, 'b cannot');
  assert.equal(said, ['start a', 'close a']);
});

test('a part that was being started when the end came is closed', async () => {
  const { said, part } = recorder();
  const lifecycle = new Lifecycle();
  let go = () => {};
  const slow = { start: () => new Promise<void>(resolve => (go = resolve)), close: part('slow').close };
  const running = lifecycle.run(slow);
  const ended = lifecycle.end();
  go();
  await Promise.all([running, ended]);
  assert.equal(said, ['close slow']);
});

test.run();
