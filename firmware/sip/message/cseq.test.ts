import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCSeq, parseCSeq } from './cseq.ts';
import { SipParseError } from './errors.ts';

test('a CSeq is read, blanks and leading zeros forgiven', () => {
  assert.equal(parseCSeq('4711 INVITE'), { number: 4711, method: 'INVITE' });
  assert.equal(parseCSeq('0009 \t OPTIONS'), { number: 9, method: 'OPTIONS' });
  assert.equal(parseCSeq('2147483647 BYE'), { number: 2147483647, method: 'BYE' });
  assert.is(formatCSeq(1, 'ACK'), '1 ACK');
});

test('what is no CSeq is refused, numbers from 2^31 on among it', () => {
  for (const text of [
    '',
    '1',
    'INVITE',
    '-1 INVITE',
    '1INVITE',
    '1 IN VITE',
    '2147483648 ACK',
    '36893488147419103232 A',
  ])
    assert.throws(
      () => parseCSeq(text),
      (error: unknown) => error instanceof SipParseError,
      text,
    );
});

test.run();
