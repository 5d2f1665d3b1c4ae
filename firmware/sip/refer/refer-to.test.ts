import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { SipParseError } from '../message/errors.ts';
import { formatUri, parseUri } from '../message/uri.ts';
import { formatReferTo, parseReferTo, type ReferTo } from './refer-to.ts';

const target = (uri: string, more: Partial<ReferTo> = {}): ReferTo => {
  return { displayName: null, uri: parseUri(uri), method: 'INVITE', replaces: null, headers: [], ...more };
};

test('a blind transfer names a URI, of any of the three schemes', () => {
  for (const uri of ['sip:bob@example.com;user=phone', 'sips:bob@example.com', 'tel:+15550100']) {
    assert.equal(parseReferTo(`<${uri}>`), target(uri));
  }
  assert.equal(parseReferTo('"Bob B" <sip:bob@example.com>').displayName, 'Bob B');
  assert.is(formatUri(parseReferTo('sip:bob@example.com').uri), 'sip:bob@example.com');
});

test('an attended transfer carries the dialog to be replaced inside of the URI', () => {
  const value =
    '<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994&Require=replaces>';
  const { uri, replaces, headers } = parseReferTo(value);
  assert.is(formatUri(uri), 'sip:dave@denver.example.org');
  assert.equal(replaces, { callId: '12345@192.168.118.3', toTag: '12345', fromTag: '5FFE-3994', earlyOnly: false });
  assert.equal(headers, []);
});

test('a Call-ID whose "@" is not escaped is read too, and so is a user part with a "?"', () => {
  const value = '<sip:d?e@example.org;user=phone?Replaces=1@192.0.2.1%3Bto-tag%3D2%3Bfrom-tag%3D3>';
  const { uri, replaces } = parseReferTo(value);
  assert.equal([uri.user, uri.host, replaces?.callId], ['d?e', 'example.org', '1@192.0.2.1']);
});

test('embedded headers are passed on, save those that identify, route or authorise', () => {
  const { headers } = parseReferTo(
    '<sip:a@b.example?X-Queue=blue%20sky&From=%3Csip:evil@x%3E&i=1&Route=%3Csip:x%3E&P-Asserted-Identity=x&body=v%3D0&c=x&Subject=Hi+there>',
  );
  assert.equal(headers, [
    ['X-Queue', 'blue sky'],
    ['Subject', 'Hi+there'],
  ]);
});

test('a method in the URI is kept apart from it', () => {
  const { method, uri } = parseReferTo('<sip:a@b.example;method=SUBSCRIBE;user=phone>');
  assert.equal([method, formatUri(uri)], ['SUBSCRIBE', 'sip:a@b.example;user=phone']);
});

test('what is written is read again', () => {
  const replaces = { callId: 'a&b=c?d@h', toTag: '1;2', fromTag: 'x', earlyOnly: true };
  const cases = [
    target('sip:bob@example.com;transport=tcp', { displayName: 'Bob "B"', replaces }),
    target('tel:+15550100'),
    target('sip:bob@example.com', { method: 'BYE', headers: [['X-A', 'ü & "<>" %']] }),
  ];
  for (const each of cases) {
    // Call-ID and tags go through the escaping of the URI whatever they hold; these are no legal ones.
    if (each.replaces)
      assert.throws(
        () => parseReferTo(formatReferTo(each)),
        (error: unknown) => error instanceof SipParseError,
      );
    else assert.equal(parseReferTo(formatReferTo(each)), each);
  }
  const legal = target('sip:bob@example.com', { replaces: { ...replaces, callId: 'a%b?d@h', toTag: '1-2' } });
  assert.equal(parseReferTo(formatReferTo(legal)), legal);
});

test('no header can be smuggled in, neither by reading nor by writing', () => {
  for (const value of [
    '<sip:a@b.example?X-A=b%0D%0AX-C%3A%20d>',
    '<sip:a@b.example?X-A=%00>',
    '<sip:a@b.example?X%20A=b>',
    '<sip:a@b.example?=b>',
    '<sip:a@b.example?X-A=%zz>',
  ]) {
    assert.throws(
      () => parseReferTo(value),
      (error: unknown) => error instanceof SipParseError,
      value,
    );
  }
  assert.throws(
    () => formatReferTo(target('sip:a@b.example', { headers: [['X-A', 'b\r\nX-C: d']] })),
    isCrosspointError,
  );
});

test('other schemes, two Replaces and crowds of headers are refused', () => {
  const refusals: [string, number][] = [
    ['<http://example.com>', 416],
    ['<>', 400],
    ['', 400],
    ['<sip:a@b.example?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>', 400],
    ['<sip:a@b.example?Replaces=a>', 400],
    [`<sip:a@b.example?${Array.from({ length: 40 }, (_, at) => `X-${at}=1`).join('&')}>`, 400],
  ];
  for (const [value, status] of refusals) {
    assert.throws(
      () => parseReferTo(value),
      (error: unknown) => error instanceof SipParseError && error.status === status,
      value,
    );
  }
});

test.run();
