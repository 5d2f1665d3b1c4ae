import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCSeq } from './cseq.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { parseTypedValue, splitMultipart } from './multipart.ts';
import { parseNameAddr, tagOf } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { type TortureName, torture, VALID } from './torture.samples.ts';
import { formatUri, parseUri } from './uri.ts';
import { parseVia } from './via.ts';

function request(name: TortureName): SipRequest {
  const message = parseMessage(torture(name));
  if (message.kind !== 'request') throw new Error(`${name} is no request`);
  return message;
}

function response(name: TortureName): SipResponse {
  const message = parseMessage(torture(name));
  if (message.kind !== 'response') throw new Error(`${name} is no response`);
  return message;
}

const address = ({ headers }: SipMessage, name: string) => parseNameAddr(headers.get(name) ?? '');
const addresses = ({ headers }: SipMessage, name: string) => headers.getAll(name).map(parseNameAddr);
const vias = ({ headers }: SipMessage) => headers.getAll('Via').map(parseVia);

/** Everything that a message says, for comparison with what is left of it after it was written and read again. */
const content = (message: SipMessage) => ({
  ...message,
  headers: [...message.headers],
  body: message.body.toString('hex'),
});

for (const name of VALID) {
  test(`${name}: what was read is written so that it reads the same`, () => {
    const message = parseMessage(torture(name));
    const without = ({ headers, ...rest }: ReturnType<typeof content>) => ({
      ...rest,
      headers: headers.filter(([header]) => header !== 'Content-Length'),
    });
    assert.equal(without(content(parseMessage(serialise(message)))), without(content(message)));
  });
}

test('wsinv: folds, blanks, mixed names and lists (§3.1.1.1)', () => {
  const invite = request('wsinv');
  const { headers } = invite;
  assert.ok(parseUri(invite.uri).params.has('unknownparam'));
  assert.is(tagOf(headers.get('To') ?? ''), '1918181833n');
  assert.is(address(invite, 'To').uri, 'sip:vivekg@chair-dnrc.example.com');
  assert.is(address(invite, 'From').displayName, 'J Rosenberg \\"');
  assert.is(tagOf(headers.get('From') ?? ''), '98asjd8');
  assert.is(Number(headers.get('Max-Forwards')), 68);
  assert.equal(parseCSeq(headers.get('CSeq') ?? ''), { number: 9, method: 'INVITE' });
  assert.is(headers.get('Subject'), '');
  assert.is(headers.get('NewFangledHeader'), 'newfangled value continued newfangled value');
  assert.is(headers.get('UnknownHeaderWithUnusualValue'), ';;,,;;,;');
  assert.equal(
    vias(invite).map(({ transport, host, params }) => [transport, host, params.get('branch')]),
    [
      ['UDP', '192.0.2.2', '390skdjuw'],
      ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
      ['UDP', '192.168.255.111', 'z9hG4bK30239'],
    ],
  );
  const route = parseUri(address(invite, 'Route').uri);
  assert.equal(
    [...route.params],
    [
      ['lr', null],
      ['unknownwith', 'value'],
      ['unknown-no-value', null],
    ],
  );
  const contact = address(invite, 'Contact');
  assert.is(contact.displayName, 'Quoted string ""');
  assert.equal(
    [...contact.params],
    [
      ['newparam', 'newvalue'],
      ['secondparam', null],
      ['q', '0.33'],
    ],
  );
  assert.is(invite.body.length, 150);
});

test('intmeth: every character that a token, a URI, a name and a Call-ID may hold (§3.1.1.2)', () => {
  const odd = request('intmeth');
  assert.is(odd.method, "!interesting-Method0123456789_*+`.%indeed'~");
  const uri = parseUri(odd.uri);
  assert.is(uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  assert.is(uri.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  assert.is(uri.host, 'example.com');
  assert.is(vias(odd)[0]?.params.get('branch'), "z9hG4bK-.!%66*_+`'~");
  assert.is(address(odd, 'To').displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
  const from = address(odd, 'From');
  assert.is(from.displayName, "token1~` token2'+_ token3*%!.-");
  assert.is(from.params.get("fromparam''~+*_!.-%"), 'работающий');
  assert.is(from.params.get('tag'), "_token~1'+`*%!-.");
  assert.is(odd.headers.get('Call-ID'), 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
  assert.is(odd.headers.get("extensionHeader-!.%*+_`'~"), '\ufeff大停電');
});

test('esc01, escnull, esc02: escapes are read once, where they are escapes (§3.1.1.3 to §3.1.1.5)', () => {
  const invite = request('esc01');
  const { scheme, user, host } = parseUri(invite.uri);
  assert.equal([scheme, user, host], ['sip', 'sips:user@example.com', 'example.net']);
  assert.is(parseUri(address(invite, 'To').uri).user, 'user');
  assert.is(parseUri(address(invite, 'From').uri).user, 'I have spaces');
  const contact = parseUri(address(invite, 'Contact').uri);
  assert.is(contact.user, 'caller');
  assert.equal(
    [...contact.params],
    [
      ['lr', null],
      ['name', 'value%41'],
    ],
  );

  const register = request('escnull');
  assert.is(parseUri(address(register, 'To').uri).user, 'null-\0-null');
  const contacts = addresses(register, 'Contact').map(({ uri }) => uri);
  assert.equal(
    contacts.map(uri => parseUri(uri).user),
    ['\0', '\0\0'],
  );
  assert.equal(
    contacts.map(uri => formatUri(parseUri(uri))),
    contacts,
  );

  const unknown = request('esc02');
  assert.is(unknown.method, 'RE%47IST%45R');
  assert.is(address(unknown, 'To').displayName, '%Z%45');
  assert.equal(
    addresses(unknown, 'Contact').map(({ uri }) => uri),
    ['sip:alias1@host1.example.com', 'sip:alias3@host3.example.com'],
  );
  assert.is(unknown.headers.get('C%6Fntact'), '<sip:alias2@host2.example.com>');
  assert.is(vias(unknown)[0]?.params.get('branch'), 'z9hG4bK209%fzsnel234');
});

test('lwsdisp, longreq, dblreq: no blank, long values, a second request behind the first (§3.1.1.6 to §3.1.1.8)', () => {
  assert.is(address(request('lwsdisp'), 'From').displayName, 'caller');

  const long = request('longreq');
  const to = address(long, 'To');
  assert.match(to.displayName ?? '', /^I have a user name of (?:extreme){10} proportion$/);
  assert.equal([...parseUri(to.uri).params.values()], [`very${'long'.repeat(20)}value`, 'shortvalue', null]);
  assert.is(tagOf(long.headers.get('From') ?? ''), `12${'982'.repeat(50)}424`);
  assert.is(long.headers.get('Call-ID'), `longreq.one${'really'.repeat(20)}longcallid`);
  assert.equal(
    vias(long).map(({ host }) => host),
    [...Array.from({ length: 33 }, (_, index) => `sip${33 - index}.example.com`), 'host.example.com'],
  );
  assert.is(long.body.length, 150);

  const first = request('dblreq');
  assert.is(first.method, 'REGISTER');
  assert.is(first.body.length, 0);
});

test('semiuri, transports, mpart01: parameters in a user, transports, binary parts (§3.1.1.9 to §3.1.1.11)', () => {
  const options = request('semiuri');
  assert.is(parseUri(options.uri).user, 'user;par=u@example.net');
  assert.is(parseUri(options.uri).params.size, 0);
  assert.is(options.headers.getAll('Accept').length, 6);

  assert.equal(
    vias(request('transports')).map(({ transport, host }) => `${transport} ${host}`),
    ['UDP t1.example.com', 'SCTP t2.example.com', 'TLS t3.example.com', 'UNKNOWN t4.example.com', 'TCP t5.example.com'],
  );

  const message = request('mpart01');
  const parts = splitMultipart(parseTypedValue(message.headers.get('Content-Type') ?? ''), message.body);
  assert.equal(
    parts.map(({ headers }) => headers.get('Content-Type')),
    ['text/plain', 'application/octet-stream'],
  );
  assert.is(parts[0]?.body.toString(), 'Hello');
  // DER tells its own length.
  assert.is(parts[1]?.body.length, 4 + (parts[1]?.body.readUInt16BE(2) ?? 0));
});

test('unreason, noreason: reason phrases in any script, and none (§3.1.1.12, §3.1.1.13)', () => {
  assert.is(response('unreason').reason, '= 2**3 * 5**2 но сто девяносто девять - простое');
  assert.is(response('noreason').status, 100);
  assert.is(response('noreason').reason, '');
});

test('badbranch, unksm2, cparam, regescrt, inv2543: parsers take what others have to judge (§3.2, §3.3, §3.4)', () => {
  assert.is(vias(request('badbranch'))[0]?.params.get('branch'), 'z9hG4bK');
  const foreign = request('unksm2');
  assert.equal(
    ['To', 'From', 'Contact'].map(name => address(foreign, name).uri),
    ['isbn:2983792873', 'http://www.example.com', 'name:John_Smith'],
  );
  const [outside, inside] = [address(request('cparam01'), 'Contact'), address(request('cparam02'), 'Contact')];
  assert.ok(outside.params.has('unknownparam'));
  assert.is(outside.uri, 'sip:+19725552222@gw1.example.net');
  assert.ok(!inside.params.has('unknownparam') && parseUri(inside.uri).params.has('unknownparam'));
  assert.is(parseUri(address(request('regescrt'), 'Contact').uri).headers, 'Route=%3Csip:sip.example.com%3E');
  const old = request('inv2543');
  assert.is(tagOf(old.headers.get('From') ?? ''), null);
  assert.is(address(old, 'To').params.get('user'), 'phone');
  assert.is(old.body.subarray(-7).toString(), 'AVP 0\r\n');
});

test.run();
