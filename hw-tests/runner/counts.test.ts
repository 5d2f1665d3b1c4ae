import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countsOf } from './counts.ts';

const uvu = (total: number, passed: number, skipped = 0) =>
  `• •   (${passed} / ${total})\n\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.2ms\n\n`;

test('counts what uvu says, colours or not', () => {
  assert.equal(countsOf('uvu', uvu(3, 3, 1), 0).counts, { passed: 3, failed: 0, skipped: 1 });
  assert.equal(countsOf('uvu', `\u001b[32m${uvu(3, 2)}\u001b[39m`, 1).counts, { passed: 2, failed: 1, skipped: 0 });
});

test('believes the last totals: a test may print some of its own', () => {
  assert.equal(countsOf('uvu', uvu(9, 1) + uvu(2, 2), 0).counts, { passed: 2, failed: 0, skipped: 0 });
});

test('a file that crashes before or after its tests has failed', () => {
  assert.equal(countsOf('uvu', 'SyntaxError: …', 1).counts.failed, 1);
  assert.equal(countsOf('uvu', uvu(2, 2), 1).counts, { passed: 2, failed: 1, skipped: 0 });
  assert.equal(countsOf('uvu', uvu(2, 2), null).counts.failed, 1);
});

test('a file that says nothing, or runs nothing, has failed', () => {
  assert.equal(countsOf('uvu', '', 0).trouble, ['it printed no totals']);
  assert.equal(countsOf('uvu', uvu(0, 0), 0).trouble, ['it ran no test']);
  assert.is(countsOf('uvu', uvu(0, 0), 0).counts.failed, 1);
});

test('a file whose tests were all skipped has not failed', () => {
  assert.equal(countsOf('uvu', uvu(0, 0, 2), 0).counts, { passed: 0, failed: 0, skipped: 2 });
});

test('counts the last line of a plugin test', () => {
  assert.equal(countsOf('last-line', 'x\n12 passed, 0 failed\n', 0).counts, { passed: 12, failed: 0, skipped: 0 });
  assert.equal(countsOf('last-line', '12 passed, 1 failed\n', 1).counts, { passed: 12, failed: 1, skipped: 0 });
  assert.equal(countsOf('last-line', '12 passed, 0 failed\nERROR: AddressSanitizer', 1).counts.failed, 1);
  assert.equal(countsOf('last-line', '12 passed, 0 failed\n', 1).counts, { passed: 12, failed: 1, skipped: 0 });
});

test('a program without counts is one test', () => {
  assert.equal(countsOf('last-line', '45000 executions', 0).counts, { passed: 1, failed: 0, skipped: 0 });
  assert.equal(countsOf('exit-code', '7 passed, 0 failed', 0).counts, { passed: 1, failed: 0, skipped: 0 });
  assert.equal(countsOf('exit-code', '', 2).counts, { passed: 0, failed: 1, skipped: 0 });
});

test.run();
