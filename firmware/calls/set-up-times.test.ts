import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reasonSlug } from './reason-slug.ts';
import { SetUpTimes } from './set-up-times.ts';

const slugs: [code: string, slug: string][] = [
  ['486', 'busy-here'],
  ['481', 'call-transaction-does-not-exist'],
  ['704', 'media-timeout'],
  ['499', '4xx'],
  ['999', 'other'],
  ['Not Found', 'other'],
];
for (const [code, slug] of slugs)
  test(`reason ${code} is counted as ${slug}`, () => {
    assert.is(reasonSlug(code), slug);
  });

test('a stage counts from its first time, and sound before the answer is heard at once', () => {
  const times = new SetUpTimes();
  times.mark('invited', 1_000);
  times.mark('ringing', 1_250);
  times.mark('ringing', 9_000);
  times.mark('heard', 1_300);
  times.mark('answered', 4_000);
  assert.is(times.seconds('invited', 'ringing'), 0.25);
  assert.is(times.seconds('answered', 'heard'), 0);
  assert.is(times.seconds('requested', 'invited'), null);
});

test.run();
