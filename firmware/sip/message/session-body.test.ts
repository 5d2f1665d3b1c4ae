import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { Headers } from './headers.ts';
import { mutate, seededRandom } from './mutations.ts';
import { sessionBody } from './session-body.ts';

const SDP = 'v=0\r\ns=x\r\n';

function read(headers: [string, string][], body: string): string {
  const found = sessionBody(Headers.of(headers), Buffer.from(body));
  return found.kind === 'description' ? `description:${found.body}` : found.kind;
}

const mixed = (...parts: string[]) => `--B\r\n${parts.join('\r\n--B\r\n')}\r\n--B--\r\n`;
const MIXED: [string, string] = ['Content-Type', 'multipart/mixed; boundary=B'];
const sdpPart = `Content-Type: application/sdp\r\n\r\n${SDP}`;

test('a session description is read, however its type is written', () => {
  assert.is(read([], ''), 'description:');
  for (const type of ['application/sdp', 'Application/SDP', 'application/sdp ;charset=UTF-8'])
    assert.is(read([['Content-Type', type]], SDP), `description:${SDP}`);
});

test('it is found beside what carriers send: ISUP, a location', () => {
  const isup =
    'Content-Type: application/isup;version=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01';
  const place = 'Content-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n<presence/>';
  for (const parts of [
    [isup, sdpPart],
    [sdpPart, isup],
    [place, sdpPart, isup],
  ])
    assert.is(read([MIXED], mixed(...parts)), `description:${SDP}`);
  const inner = 'Content-Type: multipart/alternative;boundary=C\r\n\r\n--C\r\nContent-Type: text/plain\r\n\r\nx';
  assert.is(read([MIXED], mixed(`${inner}\r\n--C\r\n${sdpPart}\r\n--C--`)), `description:${SDP}`);
});

test('a part that must be understood and is not makes the whole foreign', () => {
  const isup = 'Content-Type: application/isup\r\nContent-Disposition: signal;handling=required\r\n\r\n\x01';
  assert.is(read([MIXED], mixed(isup, sdpPart)), 'foreign');
});

test('another body is foreign unless it is marked optional', () => {
  assert.is(read([['Content-Type', 'text/xml']], '<x/>'), 'foreign');
  assert.is(read([], 'untyped'), 'foreign');
  const optional: [string, string] = ['Content-Disposition', 'render; handling=Optional'];
  assert.is(read([['Content-Type', 'text/xml'], optional], '<x/>'), 'description:');
});

test('compression is named', () => {
  const type: [string, string] = ['Content-Type', 'application/sdp'];
  assert.is(read([type, ['Content-Encoding', 'gzip']], '??'), 'encoded');
  assert.is(read([type, ['Content-Encoding', 'identity']], SDP), `description:${SDP}`);
});

test('multiparts in multiparts are followed to a bounded depth', () => {
  let body = sdpPart;
  for (let depth = 0; depth < 4; depth++) {
    const last = depth === 3;
    const inner = `--B${depth}\r\n${body}\r\n--B${depth}--`;
    body = last ? inner : `Content-Type: multipart/mixed;boundary=B${depth}\r\n\r\n${inner}`;
  }
  assert.is(read([['Content-Type', 'multipart/mixed;boundary=B3']], body), 'description:');
});

test('a damaged body is read or refused, and never more than that', () => {
  const random = seededRandom(3);
  const body = Buffer.from(
    mixed(sdpPart, 'Content-Type: a/b;x="y"\r\nContent-Disposition: s;handling=optional\r\n\r\nz'),
  );
  let found = 0;
  for (let i = 0; i < 5000; i++) {
    try {
      const session = sessionBody(Headers.of([MIXED]), mutate(body, random));
      if (session.kind === 'description' && session.body.length > 0) found += 1;
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
    }
  }
  assert.ok(found > 500, `${found} found`);
});

test.run();
