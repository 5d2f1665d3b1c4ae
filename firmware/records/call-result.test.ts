import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallResult, callResult } from './call-result.ts';

const ends: [code: string, detail: string | undefined, answered: boolean, result: CallResult][] = [
  ['700', undefined, true, 'completed'],
  ['705', undefined, true, 'completed'],
  ['703', 'the service was killed', true, 'dropped'],
  ['704', undefined, true, 'dropped'],
  ['486', undefined, false, 'busy'],
  ['600', undefined, false, 'busy'],
  ['408', undefined, false, 'no-answer'],
  ['480', undefined, false, 'no-answer'],
  ['487', undefined, false, 'cancelled'],
  ['487', 'nobody answered within the ring limit', false, 'no-answer'],
  ['404', undefined, false, 'refused'],
  ['603', undefined, false, 'refused'],
  ['500', undefined, false, 'failed'],
  ['503', undefined, false, 'failed'],
  ['703', 'the service was killed', false, 'failed'],
];

for (const [code, detail, answered, result] of ends)
  test(`${answered ? 'answered' : 'unanswered'}, ${code}${detail ? `, ${detail}` : ''}: ${result}`, () => {
    assert.is(callResult({ code, ...(detail !== undefined && { detail }) }, answered), result);
  });

test.run();
