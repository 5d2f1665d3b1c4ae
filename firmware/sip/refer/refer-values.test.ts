import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import { formatReferEvent, referEventId } from './refer-event.ts';
import { readRefer } from './refer-request.ts';
import { formatReferredBy, parseReferredBy } from './referred-by.ts';
import { formatSipfrag, isSipfrag, parseSipfrag } from './sipfrag.ts';
import { formatSubscriptionState, parseSubscriptionState } from './subscription-state.ts';

const malformed = (error: unknown) => error instanceof SipParseError;

test('a sipfrag is a status line, with or without a reason, a line end and headers behind it', () => {
  assert.equal(parseSipfrag(Buffer.from('SIP/2.0 180 Ringing\r\n')), { status: 180, reason: 'Ringing' });
  assert.equal(parseSipfrag(Buffer.from('SIP/2.0 200 Fine\r\nTo: <sip:a@b>\r\n')), { status: 200, reason: 'Fine' });
  assert.equal(parseSipfrag(Buffer.from('SIP/2.0 486')), { status: 486, reason: 'Busy Here' });
  assert.is(formatSipfrag({ status: 603, reason: '' }).toString(), 'SIP/2.0 603 Decline\r\n');
});

test('a reason cannot begin a line of its own', () => {
  assert.is(formatSipfrag({ status: 200, reason: 'OK\r\nX: y' }).toString(), 'SIP/2.0 200 OK X: y\r\n');
});

test('what is no status line is refused, and so is a flood', () => {
  for (const text of [
    '',
    'SIP/2.0',
    'SIP/2.0 99 No',
    'SIP/2.0 700 No',
    'SIP/2.0 2000 OK',
    'INVITE sip:a@b SIP/2.0',
    `SIP/2.0 200 ${'x'.repeat(20_000)}`,
  ]) {
    assert.throws(() => parseSipfrag(Buffer.from(text)), malformed, text.slice(0, 40));
  }
});

test('the type of a sipfrag is known whatever its case and parameters', () => {
  for (const type of ['message/sipfrag', 'Message/SIPfrag;version=2.0', 'message/sipfrag ; version=2.0'])
    assert.ok(isSipfrag(type));
  for (const type of [undefined, '', 'application/sdp', 'message/sipfragment']) assert.not(isSipfrag(type));
});

test('a subscription state is read and written', () => {
  assert.equal(parseSubscriptionState('active;expires=60'), { state: 'active', expiresS: 60 });
  assert.equal(parseSubscriptionState('Pending'), { state: 'pending', expiresS: null });
  assert.equal(parseSubscriptionState('terminated ; reason=NoResource'), { state: 'terminated', reason: 'noresource' });
  assert.equal(parseSubscriptionState('waiting;expires=x'), { state: 'active', expiresS: null });
  assert.throws(() => parseSubscriptionState(' ;expires=60'), malformed);
  for (const text of ['active;expires=60', 'pending', 'terminated;reason=noresource', 'terminated']) {
    assert.is(formatSubscriptionState(parseSubscriptionState(text)), text);
  }
});

test('an event names its REFER by an id, the first of a dialog by none', () => {
  assert.is(referEventId('refer'), null);
  assert.is(referEventId('Refer;id=93809824'), '93809824');
  assert.is(referEventId('presence'), undefined);
  assert.is(referEventId(undefined), undefined);
  assert.throws(() => referEventId(';id=1'), malformed);
  assert.equal([formatReferEvent(null), formatReferEvent('7')], ['refer', 'refer;id=7']);
});

test('a Referred-By is read with its name and without its token', () => {
  const read = parseReferredBy('"Alice" <sip:alice@example.com>;cid="20398823.2UWQFN309shb3@example.com"');
  assert.equal(read, { displayName: 'Alice', uri: 'sip:alice@example.com' });
  assert.is(formatReferredBy(read), 'Alice <sip:alice@example.com>');
  assert.throws(() => parseReferredBy('<http://example.com>'), malformed);
});

test('a REFER needs exactly one Refer-To', () => {
  const refer = (...lines: [string, string][]) => readRefer(Headers.of([['CSeq', '93 REFER'], ...lines]));
  const to = ['Refer-To', '<sip:bob@example.com>'] as [string, string];
  const { target, referredBy, subscribes, id } = refer(
    ['r', '<sip:bob@example.com>'],
    ['b', '<sip:alice@example.com>'],
  );
  assert.equal([target.uri.user, referredBy?.uri, subscribes, id], ['bob', 'sip:alice@example.com', true, '93']);
  assert.is(refer(to, ['Refer-Sub', 'False;x=y']).subscribes, false);
  assert.throws(() => refer(), malformed);
  assert.throws(() => refer(to, to), malformed);
  assert.throws(() => refer(to, ['Referred-By', '"']), malformed);
});

test.run();
