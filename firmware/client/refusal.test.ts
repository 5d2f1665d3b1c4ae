import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notConnected, refusalOf, type Tried } from './refusal.ts';
import { checkSignal } from './signal-limits.ts';

const refused = (tried: Tried, code: string) => {
  const error = refusalOf(tried, { code, message: 'No' });
  assert.is(error.message, `No (${code})`);
  return [error.name, error.code];
};

test('what the role of a token does not allow is OT_PERMISSION_DENIED, with the number of what was tried', () => {
  const code = 'session.may-not-moderate';
  assert.equal(refused('forceDisconnect', code), ['OT_PERMISSION_DENIED', 1520]);
  assert.equal(refused('forceUnpublish', code), ['OT_PERMISSION_DENIED', 1530]);
  assert.equal(refused('forceMute', code), ['OT_PERMISSION_DENIED', 1540]);
  assert.equal(refused('phone', code), ['OT_PERMISSION_DENIED', 1500]);
});

test('who is not there, or not any more, is told of as OpenTok does', () => {
  assert.equal(refused('signal', 'session.connection-unknown'), ['OT_NOT_FOUND', 404]);
  assert.equal(refused('forceDisconnect', 'session.connection-unknown'), ['OT_INVALID_PARAMETER', 1011]);
  assert.equal(refused('forceUnpublish', 'session.stream-unknown'), ['OT_INVALID_PARAMETER', 1535]);
  assert.equal(refused('forceUnpublish', 'session.stream-of-phone'), ['OT_INVALID_PARAMETER', 1535]);
});

test('whatever else the box says is not what its clients expect, but for phones, which are ours', () => {
  assert.equal(refused('forceMute', 'internal'), ['OT_UNEXPECTED_SERVER_RESPONSE', 2001]);
  assert.equal(refused('phone', 'call.unknown'), ['OT_UNABLE_TO_CONTROL_PHONE', 2000]);
});

test('signals have numbers of their own', () => {
  assert.is(notConnected('signal').code, 500);
  assert.is(notConnected('forceMute').code, 1010);
  assert.is(checkSignal('x'.repeat(129), '')?.code, 413);
  assert.is(checkSignal('', 'é'.repeat(4097))?.code, 413);
  assert.is(checkSignal(7 as unknown as string, '')?.code, 400);
  assert.is(checkSignal('x'.repeat(128), 'é'.repeat(4096)), null);
});

test.run();
