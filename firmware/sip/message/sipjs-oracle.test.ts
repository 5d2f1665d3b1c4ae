// sip.js as a second opinion: on valid messages its parser and ours must see the same.
import { Levels, LoggerFactory } from 'sip.js/lib/core/index.js';
import { Parser } from 'sip.js/lib/core/messages/parser.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCSeq } from './cseq.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import { parseNameAddr, tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';

const loggers = new LoggerFactory();
loggers.level = Levels.error;

/** sip.js takes several Via elements of one field for one hop, the last: it is given a field for each. */
function second(text: string) {
  const separate = text.replace(/ , SIP \/ 2\.0 \/ UDP\s+/, '\r\nVia: SIP / 2.0 / UDP ');
  const message = Parser.parseMessage(separate, loggers.getLogger('oracle'));
  assert.ok(message, 'sip.js reads the sample');
  return message!;
}

for (const [name, text] of Object.entries({ INVITE, OK, REGISTER, UNUSUAL })) {
  test(`sip.js sees the same headers: ${name}`, () => {
    const ours = parseMessage(Buffer.from(text));
    const theirs = second(text);
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
  });

  test(`sip.js reads what we write: ${name}`, () => {
    const ours = parseMessage(Buffer.from(text));
    const theirs = second(serialise(ours).toString());
    for (const [header, value] of ours.headers)
      if (!['Via', 'Route', 'Contact', 'Content-Length'].includes(header)) assert.is(theirs.getHeader(header), value);
    assert.is(theirs.getHeaders('via').length, ours.headers.getAll('Via').length);
    assert.is(theirs.body, ours.body.toString());
  });
}

test.run();
