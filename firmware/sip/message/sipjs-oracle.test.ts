// sip.js as a second opinion: on valid messages its parser and ours must see the same.
import { Levels, LoggerFactory } from 'sip.js/lib/core/index.js';
import { Parser } from 'sip.js/lib/core/messages/parser.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCSeq } from './cseq.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import { seededRandom } from './mutations.ts';
import { parseNameAddr, tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { torture, VALID } from './torture.samples.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';

const loggers = new LoggerFactory();
// What it cannot read is told below; its own words would fill pages.
loggers.builtinEnabled = false;
loggers.level = Levels.error;

/** sip.js takes several Via elements of one field for one hop, the last: it is given a field for each. */
function second(text: string) {
  const separate = text.replace(/ *, *(?:\r\n)? ?SIP *\/ *2\.0 *\/ *UDP\s+/, '\r\nVia: SIP / 2.0 / UDP ');
  return Parser.parseMessage(separate, loggers.getLogger('oracle'));
}

function sameIn(text: string): void {
  const ours = parseMessage(Buffer.from(text));
  const theirs = second(text);
  assert.ok(theirs, 'sip.js reads it');
  if (!theirs) return;
  const { headers } = ours;
  assert.is(theirs.callId, headers.get('Call-ID'));
  assert.is(theirs.cseq, parseCSeq(headers.get('CSeq') ?? '').number);
  assert.is(theirs.fromTag, tagOf(headers.get('From') ?? '') ?? undefined);
  assert.is(theirs.toTag ?? null, tagOf(headers.get('To') ?? ''));
  assert.is(theirs.viaBranch, parseVia(headers.get('Via') ?? '').params.get('branch'));
  assert.is(theirs.via.host.replace(/[[\]]/g, ''), parseVia(headers.get('Via') ?? '').host);
  for (const [header, address] of [
    ['From', theirs.from],
    ['To', theirs.to],
  ] as const) {
    const { displayName, uri } = parseNameAddr(headers.get(header) ?? '');
    const { user, host, port } = parseUri(uri);
    assert.is(address.displayName || null, displayName?.replace(/(["\\])/g, '\\$1') ?? null);
    assert.is(address.uri.user ?? null, user);
    assert.is(address.uri.host.replace(/[[\]]/g, ''), host);
    assert.is(address.uri.port ?? null, port);
  }
  assert.is(theirs.body, ours.body.toString());
}

for (const [name, text] of Object.entries({ INVITE, OK, REGISTER, UNUSUAL })) {
  test(`sip.js sees the same headers: ${name}`, () => sameIn(text));

  test(`sip.js reads what we write: ${name}`, () => {
    const ours = parseMessage(Buffer.from(text));
    const theirs = second(serialise(ours).toString());
    assert.ok(theirs);
    for (const [header, value] of ours.headers)
      if (!['Via', 'Route', 'Contact', 'Content-Length'].includes(header)) assert.is(theirs?.getHeader(header), value);
    assert.is(theirs?.getHeaders('via').length, ours.headers.getAll('Via').length);
    assert.is(theirs?.body, ours.body.toString());
  });
}

/** By hand: uvu's `throws` lets failed assertions through. */
function isDifferent(text: string): boolean {
  try {
    sameIn(text);
    return false;
  } catch (error) {
    if (error instanceof assert.Assertion) return true;
    throw error;
  }
}

/** Where the two part, why ours is right. */
const DIFFERENT: Partial<Record<(typeof VALID)[number], string>> = {
  intmeth: 'it leaves the backslash of a quoted-pair in a display name',
  mpart01: 'it counts Content-Length in characters of UTF-8, not in bytes, and cuts the body off',
};

for (const name of VALID) {
  const text = torture(name).toString();
  const why = DIFFERENT[name];
  if (why === undefined) test(`sip.js sees the same in RFC 4475's ${name}`, () => sameIn(text));
  else test(`sip.js does not see ${name} as RFC 4475 does: ${why}`, () => assert.ok(isDifferent(text)));
}

test('sip.js sees the same in 500 messages made at random', () => {
  const random = seededRandom(21);
  for (let i = 0; i < 500; i++) sameIn(anyMessage(random));
});

/** A valid message, its spellings, blanks, order and optional parts left to chance. */
function anyMessage(random: () => number): string {
  const one = <T>(...choices: readonly [T, ...T[]]): T => choices[Math.floor(random() * choices.length)] ?? choices[0];
  const word = () => Math.floor(random() * 1e9).toString(36);
  const blank = () => one('', ' ', '  ', '\r\n ');
  const host = () => one('example.com', '192.0.2.7', '[2001:db8::7]', 'a-b.c.example', `h${word()}`);
  const uri = () => `sip:${one('', `${word()}@`)}${host()}${one('', ':5070')}`;
  const address = () => one(`<${uri()};lr>`, `${word()} <${uri()}>`, `"${word()}, \\"${word()}\\"" <${uri()}>`, uri());
  const method = one('INVITE', 'OPTIONS', 'BYE', 'REGISTER', 'MESSAGE');
  const body = one('', `v=0\r\n${word()}\r\n`, 'ä€ \r\n\r\n');
  const fields = [
    `${one('Via', 'v', 'VIA')}:${one('', ' ')}SIP/2.0/${one('UDP', 'TCP', 'TLS')} ${host()}${one('', ':4000')};branch=z9hG4bK${word()}${one('', ';rport')}`,
    `${one('From', 'f', 'FROM')}:${blank()}${address()};tag=${word()}`,
    `${one('To', 't', 'to')}:${blank()}${address()}${one('', `;tag=${word()}`)}`,
    `${one('Call-ID', 'i', 'call-id')}: ${word()}@${word()}`,
    `${one('CSeq', 'CSEQ', 'cseq')}: ${Math.floor(random() * 2 ** 31)} ${method}`,
    `X-${word()}: ${word()}${blank()} ${word()}`,
  ];
  const [via = '', ...others] = fields;
  const ordered = random() < 0.5 ? [via, ...others] : [...others.reverse(), via];
  const first = random() < 0.7 ? `${method} ${uri()} SIP/2.0` : `SIP/2.0 ${one('180 Ringing', '200 OK', '404 ')}`;
  const length = `${one('Content-Length', 'l')}: ${Buffer.byteLength(body)}`;
  return [first, ...ordered, length, '', body].join('\r\n');
}

test.run();
