import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { formatReplaces, parseReplaces } from './replaces.ts';

test('a Replaces names a dialog, its tags in any order', () => {
  assert.equal(parseReplaces('98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff'), {
    callId: '98732@sip.example.com',
    toTag: 'ff87ff',
    fromTag: 'r33th4x0r',
    earlyOnly: false,
  });
  assert.is(parseReplaces('a@b ; to-tag=0 ; from-tag=1 ; early-only').earlyOnly, true);
});

test('what is written is read again', () => {
  for (const earlyOnly of [true, false]) {
    const replaces = { callId: 'x~<1>@[::1]', toTag: 'a', fromTag: 'b', earlyOnly };
    assert.equal(parseReplaces(formatReplaces(replaces)), replaces);
  }
});

test('without a Call-ID, or with any number of tags but one of each kind, it means nothing', () => {
  const cases = [
    '',
    ';to-tag=a;from-tag=b',
    'a b;to-tag=a;from-tag=b',
    'id',
    'id;to-tag=a',
    'id;from-tag=a',
    'id;to-tag;from-tag=b',
    'id;to-tag=;from-tag=b',
    'id;to-tag=a;to-tag=b;from-tag=c',
    'id;to-tag=a;from-tag=b;From-Tag=c',
    `id;to-tag=${'a'.repeat(2_000)};from-tag=b`,
  ];
  for (const text of cases)
    assert.throws(
      () => parseReplaces(text),
      (error: unknown) => error instanceof SipParseError,
      text,
    );
});

test.run();
