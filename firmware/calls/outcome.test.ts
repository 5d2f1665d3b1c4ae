import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reasonOfFailure } from './outcome.ts';

test('a refusal is told with the status and phrase of the far end', () => {
  assert.equal(reasonOfFailure({ status: 486, phrase: 'Busy Here', cause: 'response' }), {
    code: '486',
    message: 'Busy Here',
  });
});

test('silence, a broken transport and a cancelled call have the status that RFC 3261 gives them', () => {
  assert.is(reasonOfFailure({ status: null, phrase: '', cause: 'timeout' }).code, '408');
  assert.is(reasonOfFailure({ status: null, phrase: '', cause: 'transport' }).code, '503');
  assert.is(reasonOfFailure({ status: null, phrase: '', cause: 'cancelled' }).code, '487');
  assert.is(reasonOfFailure({ status: 487, phrase: 'x', cause: 'ring-limit' }).code, '487');
});

test.run();
