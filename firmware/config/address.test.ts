import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressMatcher, isAddress, isUnspecified, parseAdvertise } from './address.ts';

test('only the addresses of the ranges match, whichever way a socket tells them', () => {
  const allowed = addressMatcher(['127.0.0.0/8', '192.0.2.7', 'fd00::/8']);
  for (const address of ['127.0.0.1', '127.255.0.9', '::ffff:127.0.0.1', '192.0.2.7', 'fd12::1'])
    assert.ok(allowed(address), address);
  for (const address of ['128.0.0.1', '192.0.2.8', '::1', 'fe80::1', 'localhost', ''])
    assert.not.ok(allowed(address), address);
});

test('no range lets nobody in', () => assert.not.ok(addressMatcher([])('127.0.0.1')));

test('an advertised address may have a port and may be IPv6', () => {
  assert.equal(parseAdvertise('sip.example.com'), { host: 'sip.example.com', port: null });
  assert.equal(parseAdvertise('192.0.2.1:5070'), { host: '192.0.2.1', port: 5070 });
  assert.equal(parseAdvertise('[2001:db8::1]:5070'), { host: '2001:db8::1', port: 5070 });
  for (const text of ['', ':5060', 'a:b', 'a:99999', '::1', '[a]', 'a b', '1.2.3', 'a\r\nVia: x'])
    assert.is(parseAdvertise(text), null, text);
});

test('addresses are told from names and zones', () => {
  assert.ok(isAddress('::1'));
  assert.not.ok(isAddress('fe80::1%eth0'));
  assert.not.ok(isAddress('[::1]'));
  assert.ok(isUnspecified('::'));
  assert.ok(isUnspecified('0:0::0'));
  assert.not.ok(isUnspecified('::1'));
});

test.run();
