import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { SipParseError } from './errors.ts';
import { formatUri, parseUri, type SipUri } from './uri.ts';

const uri = (parts: Partial<SipUri>): SipUri => ({
  scheme: 'sip',
  user: null,
  password: null,
  host: '',
  port: null,
  params: new Map(),
  headers: null,
  ...parts,
});

const READ: [text: string, parts: SipUri, written?: string][] = [
  ['sip:alice@atlanta.com', uri({ user: 'alice', host: 'atlanta.com' })],
  [
    'sip:alice:secretword@atlanta.com;transport=tcp',
    uri({ user: 'alice', password: 'secretword', host: 'atlanta.com', params: new Map([['transport', 'tcp']]) }),
  ],
  [
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    uri({ scheme: 'sips', user: 'alice', host: 'atlanta.com', headers: 'subject=project%20x&priority=urgent' }),
  ],
  [
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    uri({ user: '+1-212-555-1212', password: '1234', host: 'gateway.com', params: new Map([['user', 'phone']]) }),
  ],
  ['sip:192.0.2.4', uri({ host: '192.0.2.4' })],
  ['sip:bob@192.0.2.4:5070', uri({ user: 'bob', host: '192.0.2.4', port: 5070 })],
  [
    'sip:bob@[2001:DB8::10]:5070;lr',
    uri({ user: 'bob', host: '2001:db8::10', port: 5070, params: new Map([['lr', null]]) }),
    'sip:bob@[2001:db8::10]:5070;lr',
  ],
  [
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    uri({ host: 'atlanta.com', params: new Map([['method', 'REGISTER']]), headers: 'to=alice%40atlanta.com' }),
  ],
  ['sip:alice;day=tuesday@atlanta.com', uri({ user: 'alice;day=tuesday', host: 'atlanta.com' })],
  // RFC 4475 §3.1.1.2: everything odd that a user part may hold.
  [
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    uri({
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
    }),
  ],
  // RFC 4475 §3.1.1.3 and 3.1.1.5: escapes, an escaped "@" and ":", an escaped NUL.
  ['sip:sips%3Auser%40example.com@example.net', uri({ user: 'sips:user@example.com', host: 'example.net' })],
  ['sip:null-%00-null@example.com', uri({ user: 'null-\0-null', host: 'example.com' })],
  [
    'SIP:%61lice@ATLANTA.com;Transport=TCP',
    uri({ user: 'alice', host: 'atlanta.com', params: new Map([['transport', 'TCP']]) }),
    'sip:alice@atlanta.com;transport=TCP',
  ],
  ['sip:j%C3%B6rg@example.com', uri({ user: 'jörg', host: 'example.com' })],
  ['sip:%F0%9F%93%9E@example.com', uri({ user: '📞', host: 'example.com' })],
  ['sip:room-a%23b@example.com;', uri({ user: 'room-a#b', host: 'example.com' }), 'sip:room-a%23b@example.com'],
  ['tel:+1-201-555-0123', uri({ scheme: 'tel', user: '+1-201-555-0123' })],
  [
    'TEL:7042;phone-context=example.com',
    uri({ scheme: 'tel', user: '7042', params: new Map([['phone-context', 'example.com']]) }),
    'tel:7042;phone-context=example.com',
  ],
];

for (const [text, parts, written] of READ) {
  test(`a URI is read and written again: ${text.slice(0, 50)}`, () => {
    assert.equal(parseUri(text), parts);
    assert.is(formatUri(parts), written ?? text);
    assert.equal(parseUri(formatUri(parts)), parts);
  });
}

const REFUSED: [text: string, status: number][] = [
  ['', 400],
  ['alice@atlanta.com', 400],
  ['sip:', 400],
  ['sip:@atlanta.com', 400],
  ['sip:alice@', 400],
  ['sip:a@b@c', 400],
  ['sip:alice@atlanta.com:', 400],
  ['sip:alice@atlanta.com:0', 400],
  ['sip:alice@atlanta.com:65536', 400],
  ['sip:alice@atlanta.com:5e3', 400],
  ['sip:alice@atlanta .com', 400],
  ['sip:alice@atlanta.com;a=1;a=2', 400],
  ['sip:alice@[::1', 400],
  ['sip:alice@[1.2.3.4]', 400],
  ['sip:alice@[fe80::1%25eth0]', 400],
  ['sip:alice@2001:db8::10', 400],
  ['sip:%zz@atlanta.com', 400],
  ['sip:%ff@atlanta.com', 400],
  ['sip:a\r\nX-Evil: 1@b', 400],
  ['<sip:alice@atlanta.com>', 400],
  ['tel:', 400],
  ['tel:call me', 400],
  ['http://example.com/', 416],
  ['nobodyKnowsThisScheme:totallyopaquecontent', 416],
  [`sip:${'a'.repeat(3000)}@atlanta.com`, 414],
];

for (const [text, status] of REFUSED) {
  test(`what is no URI is refused with ${status}: ${JSON.stringify(text.slice(0, 40))}`, () => {
    try {
      parseUri(text);
    } catch (error) {
      assert.instance(error, SipParseError);
      assert.is((error as SipParseError).status, status);
      return;
    }
    assert.unreachable();
  });
}

test('no field of a URI can turn into another one when it is written', () => {
  const text = formatUri(uri({ user: 'a@evil.com:1\r\nX: y>', host: 'good.com', params: new Map([['p', '1;q=2?h']]) }));
  const read = parseUri(text);
  assert.is(read.host, 'good.com');
  assert.is(read.user, 'a@evil.com:1\r\nX: y>');
  assert.is(read.params.get('p'), '1;q=2?h');
  assert.is(read.params.size, 1);
});

test('a URI with a host, number or headers that cannot be escaped is not written', () => {
  const bad = [
    uri({ host: 'good.com;evil=1' }),
    uri({ host: '' }),
    uri({ host: 'a', headers: 'x=1>\r\n' }),
    uri({ scheme: 'tel', user: '1;evil=2' }),
  ];
  for (const each of bad)
    assert.throws(
      () => formatUri(each),
      (error: unknown) => isCrosspointError(error) && error.code === 'sip.bad-uri',
    );
});

test.run();
