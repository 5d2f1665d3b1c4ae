import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import { MuteCode } from './mute-code.ts';

/** Which digits of a row complete the code; a number lets so many milliseconds pass. */
function completed(...row: (string | number)[]): string {
  const clock = new ManualClock(1_000_000);
  const code = new MuteCode(clock);
  return row
    .map(step => {
      if (typeof step === 'string') return code.take(step) ? '!' : '.';
      clock.advance(step);
      return '';
    })
    .join('');
}

test('a star and a six after it are the code', () => {
  assert.is(completed('*', '6'), '.!');
  assert.is(completed('1', '*', '*', '6'), '...!');
  assert.is(completed('*', '6', '*', '6'), '.!.!');
});

test('what comes between, or other digits, are not', () => {
  assert.is(completed('6'), '.');
  assert.is(completed('6', '*'), '..');
  assert.is(completed('*', '1', '6'), '...');
  assert.is(completed('*', '#', '6'), '...');
  assert.is(completed('*', '6', '6'), '.!.');
});

test('the six must come within three seconds', () => {
  assert.is(completed('*', 3_000, '6'), '.!');
  assert.is(completed('*', 3_001, '6'), '..');
});

test.run();
