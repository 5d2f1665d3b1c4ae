import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { SipParseError } from './errors.ts';
import { formatNameAddr, type NameAddr, parseNameAddr, tagOf, withTag } from './name-addr.ts';

const READ: [text: string, address: NameAddr, written?: string][] = [
  ['<sip:bob@biloxi.com>', { displayName: null, uri: 'sip:bob@biloxi.com', params: new Map() }],
  [
    'Bob <sip:bob@biloxi.com>;tag=a6c85cf',
    { displayName: 'Bob', uri: 'sip:bob@biloxi.com', params: new Map([['tag', 'a6c85cf']]) },
  ],
  [
    '"Mr. Watson" <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600',
    {
      displayName: 'Mr. Watson',
      uri: 'sip:watson@worcester.bell-telephone.com',
      params: new Map([
        ['q', '0.7'],
        ['expires', '3600'],
      ]),
    },
  ],
  // Without <…> the parameters are the header's (RFC 3261 §20).
  [
    'sip:+12125551212@phone2net.com;tag=887s',
    { displayName: null, uri: 'sip:+12125551212@phone2net.com', params: new Map([['tag', '887s']]) },
    '<sip:+12125551212@phone2net.com>;tag=887s',
  ],
  [
    '"A. \\"Q\\" \\\\ <not a uri>; tag=no" <sip:a,b@c;x=1?h=2>; TAG = yes',
    { displayName: 'A. "Q" \\ <not a uri>; tag=no', uri: 'sip:a,b@c;x=1?h=2', params: new Map([['tag', 'yes']]) },
    '"A. \\"Q\\" \\\\ <not a uri>; tag=no" <sip:a,b@c;x=1?h=2>;tag=yes',
  ],
  [
    'Anonymous Caller, Inc. <sip:c8oqz84zk7z@privacy.org>',
    { displayName: 'Anonymous Caller, Inc.', uri: 'sip:c8oqz84zk7z@privacy.org', params: new Map() },
    '"Anonymous Caller, Inc." <sip:c8oqz84zk7z@privacy.org>',
  ],
  ['"" <sip:a@b>', { displayName: '', uri: 'sip:a@b', params: new Map() }],
  ['"Jörg 📞" <sip:a@b>', { displayName: 'Jörg 📞', uri: 'sip:a@b', params: new Map() }],
  [
    '<sip:a@b>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"',
    {
      displayName: null,
      uri: 'sip:a@b',
      params: new Map([['+sip.instance', '<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>']]),
    },
  ],
  ['*', { displayName: null, uri: '*', params: new Map() }],
  ['<tel:+1-201-555-0123>', { displayName: null, uri: 'tel:+1-201-555-0123', params: new Map() }],
];

for (const [text, address, written] of READ) {
  test(`an address is read and written again: ${text.slice(0, 40)}`, () => {
    assert.equal(parseNameAddr(text), address);
    assert.is(formatNameAddr(address), written ?? text);
    assert.equal(parseNameAddr(formatNameAddr(address)), address);
  });
}

for (const text of [
  '',
  '<>',
  '<sip:a@b',
  '"open <sip:a@b>',
  '"a"b <sip:a@b>',
  'a "b" <sip:a@b>',
  'sip:a @b',
  '<sip:a@b> x',
  'a <b <sip:a@b>',
  '<sip:a @b>',
]) {
  test(`what is no address is refused: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseNameAddr(text),
      (error: unknown) => error instanceof SipParseError,
    );
  });
}

test('a tag is found, and missed where there is none', () => {
  assert.is(tagOf('Bob <sip:bob@biloxi.com>;tag=a6c85cf'), 'a6c85cf');
  assert.is(tagOf('<sip:bob@biloxi.com;tag=uri>'), null);
});

test('our tag is put behind a To that otherwise stays as it was sent', () => {
  assert.is(withTag('"B"  <sip:bob@biloxi.com>;x', 'our1'), '"B"  <sip:bob@biloxi.com>;x;tag=our1');
  assert.is(tagOf(withTag('sip:bob@biloxi.com', 'our1')), 'our1');
  assert.throws(
    () => withTag('<sip:a@b>', 'x;y=1'),
    (error: unknown) => isCrosspointError(error) && error.code === 'sip.bad-tag',
  );
});

test('neither a display name, a URI nor a parameter can leave its place', () => {
  const address = { displayName: '" <sip:evil@x>', uri: 'sip:a@b', params: new Map([['p', '1;tag=evil']]) };
  assert.equal(parseNameAddr(formatNameAddr(address)), address);
  assert.throws(
    () => formatNameAddr({ displayName: null, uri: 'sip:a@b>;tag=evil', params: new Map() }),
    (error: unknown) => isCrosspointError(error) && error.code === 'sip.bad-uri',
  );
});

test.run();
