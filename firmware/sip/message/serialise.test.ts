import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { Headers } from './headers.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';

const request = (change: Partial<SipRequest> = {}): SipRequest => ({
  kind: 'request',
  method: 'MESSAGE',
  uri: 'sip:b@c',
  headers: Headers.of([
    ['Via', 'SIP/2.0/UDP host;branch=z9hG4bK1'],
    ['From', '"Jörg" <sip:a@b>;tag=1'],
    ['To', '<sip:b@c>'],
    ['Call-ID', '1@host'],
    ['CSeq', '1 MESSAGE'],
  ]),
  body: Buffer.alloc(0),
  ...change,
});

function contentOf(message: SipMessage) {
  const { headers, body, ...line } = message;
  return { ...line, headers: [...headers].filter(([name]) => name !== 'Content-Length'), body: body.toString('hex') };
}

for (const [name, text] of Object.entries({ INVITE, OK, REGISTER, UNUSUAL })) {
  test(`what was read is written so that it reads the same: ${name}`, () => {
    const message = parseMessage(Buffer.from(text));
    assert.equal(contentOf(parseMessage(serialise(message))), contentOf(message));
  });
}

test('an ordinary message is written byte for byte as it came', () => {
  assert.is(serialise(parseMessage(Buffer.from(INVITE))).toString(), INVITE);
});

test('Content-Length is that of the body in bytes, whatever the headers say', () => {
  const message = request({ body: Buffer.from('später') });
  message.headers.set('l', '999');
  const text = serialise(message).toString();
  assert.equal(text.match(/content-length.*/gi), ['Content-Length: 7']);
  assert.ok(text.endsWith('\r\n\r\nspäter'));
  assert.ok(serialise(request()).toString().endsWith('Content-Length: 0\r\n\r\n'));
});

const REFUSED: [code: string, message: SipMessage][] = [
  ['sip.line-break', request({ uri: 'sip:b@c SIP/2.0\r\nX-Evil: 1\r\nX:' })],
  ['sip.line-break', request({ uri: 'sip:b\0@c' })],
  ['sip.bad-uri', request({ uri: 'sip:b@c x' })],
  ['sip.bad-uri', request({ uri: '' })],
  ['sip.bad-method', request({ method: 'A B' })],
  ['sip.bad-method', request({ method: 'A\r\n' })],
  ['sip.line-break', { ...request(), kind: 'response', status: 200, reason: 'OK\r\nX-Evil: 1' }],
  ['sip.bad-status', { ...request(), kind: 'response', status: 99, reason: '' }],
  ['sip.bad-status', { ...request(), kind: 'response', status: 200.5, reason: '' }],
];

for (const [index, [code, message]] of REFUSED.entries()) {
  test(`a message that would not be one is not written: ${code} ${index}`, () => {
    assert.throws(
      () => serialise(message),
      (error: unknown) => isCrosspointError(error) && error.code === code,
    );
  });
}

test.run();
