import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isNobodyThere, reasonOfFailure } from './outcome.ts';

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

test('which timer ran out, and why nothing could be sent, is told beside the status', () => {
  const detail = (cause: Parameters<typeof reasonOfFailure>[0]['cause'], phrase: string) =>
    reasonOfFailure({ status: null, phrase, cause }).detail;
  assert.is(detail('timeout', 'no response (Timer B)'), 'no response (Timer B)');
  assert.is(detail('transport', 'ECONNREFUSED'), 'ECONNREFUSED');
  assert.match(detail('ring-limit', '') ?? '', 'ring limit');
  assert.is(detail('cancelled', ''), undefined);
});

test('another target is tried when nobody was there, and not when somebody refused or the caller gave up', () => {
  const failure = (cause: Parameters<typeof isNobodyThere>[0]['cause'], status: number | null = null) =>
    isNobodyThere({ status, phrase: '', cause });
  assert.ok(failure('timeout') && failure('transport') && failure('response', 503) && failure('response', 500));
  for (const status of [302, 404, 408, 486, 600, 603]) assert.not(failure('response', status), String(status));
  assert.not(failure('cancelled') || failure('ring-limit'));
});

test.run();
