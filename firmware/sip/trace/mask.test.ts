import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maskSecrets } from './mask.ts';
import { INVITE } from './trace.samples.ts';

const masked = (text: string) => maskSecrets(Buffer.from(text)).toString();

test('answers to challenges, passwords of URIs and media keys are starred out, and the length stays', () => {
  const text = masked(INVITE);
  assert.is(text.length, INVITE.length);
  for (const secret of ['0123abcd', 'feed', 'hunter2', 'c2VjcmV0a2V5']) assert.not.match(text, secret);
  assert.match(text, 'response="********", cnonce="****"');
  assert.match(text, 'INVITE sip:bob:*******@192.0.2.9 SIP/2.0');
  assert.match(text, 'inline:************|2^20|1:4');
  assert.match(text, 'nonce="n"', 'what is no secret stays readable');
});

test('an unquoted answer, a proxy’s answer and a folded case are masked too', () => {
  assert.match(masked('PROXY-AUTHORIZATION : Digest nonce="n",response = abc,qop=auth\r\n'), 'response = ***,qop=auth');
  assert.match(masked('k=prompt\r\n'), 'k=******');
  assert.match(masked('a=ice-pwd:abcdef\r\n'), 'a=ice-pwd:******');
});

test('credentials that are no digest are masked whole', () => {
  for (const [line, stars] of [
    ['Authorization: Basic dXNlcjpwYXNz\r\n', '************'],
    ['Proxy-Authorization:Bearer\r\n eyJhbGciOi.J9\r\n', '*************'],
  ] as const) {
    const text = masked(line);
    assert.is(text.length, line.length);
    assert.match(text, stars);
    assert.not.match(text, /dXNl|eyJh/);
  }
});

test('folds hide nothing', () => {
  const folded =
    'Authorization: Digest username="bob",\r\n nonce="n", response=\r\n\t"secret",\r\n cnonce=hidden\r\nX: response=open\r\n';
  const text = masked(folded);
  assert.is(text.length, folded.length);
  assert.not.match(text, /secret|hidden/);
  assert.match(text, 'nonce="n"');
  assert.match(text, 'X: response=open');
});

test('passwords of every length, and of every URI of a line, are masked', () => {
  assert.is(masked('Contact:sip:a:pw1@h;x=1,sips:b:pw:2@h\n'), 'Contact:sip:a:***@h;x=1,sips:b:****@h\n');
  const long = 'p'.repeat(500);
  assert.is(masked(`t: <sip:a:${long}@h>`), `t: <sip:a:${'*'.repeat(500)}@h>`);
  for (const open of ['From: <sip:a@h:5060>;tag=1', 'From: sip:h:5060', 'Call-ID: 1:2@h'])
    assert.is(masked(open), open);
});

test('a message made to be slow is masked as fast as any', () => {
  const full = (pump: string) => pump.repeat(Math.floor(65_000 / pump.length));
  for (const pump of [
    '\t',
    'sip:',
    'sip:a:',
    'a@',
    'response=',
    'Basic ',
    'Basic a ',
    'response ',
    '\n ',
    'a=crypto:inline:',
    'signal= ',
    '\r\n\r\n',
  ]) {
    const before = process.cpuUsage();
    maskSecrets(Buffer.from(`Authorization: ${full(pump)}`));
    maskSecrets(Buffer.from(full(pump)));
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 100_000, `${JSON.stringify(pump)}: ${user + system} µs`);
  }
});

test('digits that were pressed are not told', () => {
  assert.match(
    masked('Content-Type: application/dtmf-relay\r\n\r\nSignal=5\r\nDuration=100\r\n'),
    'Signal=*\r\nDuration=100',
  );
  assert.match(masked('Content-Type: application/dtmf\r\n\r\n7\r\n'), '\r\n\r\n*\r\n');
});

test('a message without secrets stays as it is, byte by byte', () => {
  const bytes = Buffer.from('SIP/2.0 200 OK\r\nSubject: \xc3\xa9\xff response="x"\r\n\r\n', 'latin1');
  assert.equal(maskSecrets(bytes), bytes);
});

test.run();
