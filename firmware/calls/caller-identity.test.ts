import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUri } from './caller-identity.ts';

test('a number is presented with the host that came with it', () => {
  assert.is(fromUri('14155550101@example.com', 'box.local', false), 'sip:14155550101@example.com');
  assert.is(fromUri('+14155550101@example.com', 'box.local', false), 'sip:+14155550101@example.com');
});

test('a number without a host gets the domain of the box', () => {
  assert.is(fromUri('14155550101', 'box.local', false), 'sip:14155550101@box.local');
});

test('a box that is known by an IPv6 address puts it in brackets', () => {
  assert.is(fromUri(undefined, '2001:db8::1', false), 'sip:+00000000@[2001:db8::1]');
});

test('no identity is shown as +00000000', () => {
  assert.is(fromUri(undefined, 'box.local', false), 'sip:+00000000@box.local');
});

test('a name is shown as +00000000 unless the configuration lets names through', () => {
  assert.is(fromUri('joe@example.com', 'box.local', false), 'sip:+00000000@example.com');
  assert.is(fromUri('joe@example.com', 'box.local', true), 'sip:joe@example.com');
});

test('a name that would need escapes is never let through', () => {
  assert.is(fromUri('joe smith"@example.com', 'box.local', true), 'sip:+00000000@example.com');
});

test.run();
