import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INVITE } from '../message/message.samples.ts';
import { looksLikeSip } from './looks-like-sip.ts';

const looks = (text: string) => looksLikeSip(Buffer.from(text, 'latin1'));

test('requests and responses do, of any version and in any case, behind empty lines too', () => {
  const lines = ['OPTIONS sip:a SIP/2.0', 'invite sip:a sip/2.0', 'INVITE sip:a SIP/7.0', '!x%* sip:a SIP/2.0  '];
  for (const line of [
    ...lines,
    'SIP/2.0 200 OK',
    'sip/2.0 100',
    'SIP/3.0 200 OK',
    `A sip:${'x'.repeat(9000)} SIP/2.0`,
  ]) {
    for (const before of ['', '\r\n', '\n\n\r\n']) {
      assert.ok(looks(`${before}${line}\r\nVia: x\r\n\r\n`), line);
      assert.ok(looks(`${before}${line}\nVia: x\n\n`), line);
    }
  }
  assert.ok(looks(INVITE));
});

test('nothing else does', () => {
  const texts = ['', '\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'INVITE broken\r\n\r\n', 'OPTIONS sip:a SIP/2.0'];
  for (const text of [
    ...texts,
    'x'.repeat(60_000),
    '\n'.repeat(60_000),
    'SIP',
    'A\nVia: SIP/2.0/UDP x\r\n',
    '\0\x01\x00\x00!',
  ]) {
    assert.not(looks(text), text.slice(0, 40));
  }
  assert.not(looksLikeSip(Buffer.alloc(1400, 0xff)));
  // RTP, RTCP, STUN, DTLS, DNS.
  for (const first of [0x80, 0x81, 0x00, 0x16, 0xc0]) assert.not(looksLikeSip(Buffer.alloc(200, first)));
});

test.run();
