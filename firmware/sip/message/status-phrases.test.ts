import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phraseOf } from './status-phrases.ts';

test('known statuses have their phrase', () => {
  assert.is(phraseOf(100), 'Trying');
  assert.is(phraseOf(486), 'Busy Here');
  assert.is(phraseOf(607), 'Unwanted');
});

test('an unknown status has the phrase of its class', () => {
  assert.is(phraseOf(299), 'Success');
  assert.is(phraseOf(499), 'Request Failure');
  assert.is(phraseOf(999), 'Unknown');
  assert.is(phraseOf(-1), 'Unknown');
});

test.run();
