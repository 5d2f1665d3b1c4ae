import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallResult, resultOf } from './measured-call.ts';
import { reasonSlug } from './reason-slug.ts';
import { SetUpTimes } from './set-up-times.ts';
import type { Verdict } from './verdict.ts';

const results: [
  code: string,
  endedBy: Verdict['endedBy'],
  answered: boolean,
  result: CallResult,
  direction?: 'inbound',
][] = [
  ['700', 'callee', true, 'completed'],
  ['705', 'box', true, 'completed'],
  ['703', 'box', true, 'dropped'],
  ['706', 'box', true, 'dropped'],
  ['486', 'callee', false, 'busy'],
  ['600', 'callee', false, 'busy'],
  ['480', 'callee', false, 'no-answer'],
  ['408', 'network', false, 'no-answer'],
  ['487', 'application', false, 'cancelled'],
  ['487', 'caller', false, 'no-answer'],
  ['487', 'caller', false, 'cancelled', 'inbound'],
  ['404', 'network', false, 'refused'],
  ['603', 'callee', false, 'refused'],
  ['503', 'network', false, 'failed'],
  ['703', 'box', false, 'failed'],
];
for (const [code, endedBy, answered, result, direction = 'outbound'] of results)
  test(`an ${direction} call that is ${answered ? '' : 'not '}answered, and ends with ${code} by ${endedBy}, is ${result}`, () => {
    const verdict = { code, endedBy } as Verdict;
    assert.is(resultOf({ verdict, seconds: answered ? 3 : null, direction }), result);
  });

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
