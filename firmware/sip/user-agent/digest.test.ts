import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DigestSession } from '../auth/digest-session.ts';
import type { SipRequest } from '../message/message.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import { ANSWER, accepted, emptied, failed, NOTHING, place, startAgent } from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

const AUTH = { username: 'alice', password: 'wonder"land' };

async function withServer(run: (agent: UserAgent, server: RawPeer, port: number) => Promise<void>): Promise<void> {
  const agent = await startAgent();
  const server = await new RawPeer().start();
  try {
    await run(agent, server, agent.listening[0]!.port);
  } finally {
    await Promise.all([agent.close(), server.close()]);
  }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The server's side of RFC 7616 §3.4.1 with MD5 and qop=auth, written apart from the code under test. */
function isRight(request: SipRequest, header: string, nonce: string): boolean {
  const fields = new Map<string, string>();
  for (const [, name, quoted, bare] of header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    fields.set(name!, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  const a1 = md5(`${AUTH.username}:test.realm:${AUTH.password}`);
  const a2 = md5(`${request.method}:${request.uri}`);
  const expected = md5(`${a1}:${nonce}:${fields.get('nc')}:${fields.get('cnonce')}:auth:${a2}`);
  return fields.get('nonce') === nonce && fields.get('uri') === request.uri && fields.get('response') === expected;
}

const challenge = (nonce: string, more = '') => `Digest realm="test.realm", nonce="${nonce}", qop="auth"${more}`;

test('a challenged INVITE is sent again with an answer: same call, next CSeq, new branch', () =>
  withServer(async (agent, server, port) => {
    const placed = place(agent, server.port, { auth: AUTH });
    const first = await server.request('INVITE');
    assert.not(first.headers.has('Authorization'));
    server.answer(first, 401, port, { headers: [['WWW-Authenticate', challenge('n1')]] });
    await server.request('ACK');
    const second = await server.request('INVITE');
    for (const name of ['Call-ID', 'From', 'To']) assert.is(second.headers.get(name), first.headers.get(name));
    assert.is(first.headers.get('CSeq'), '1 INVITE');
    assert.is(second.headers.get('CSeq'), '2 INVITE');
    assert.is.not(second.headers.get('Via'), first.headers.get('Via'));
    const header = second.headers.get('Authorization')!;
    assert.ok(isRight(second, header, 'n1'));
    server.answer(second, 200, port, { body: ANSWER, toTag: 'final' });
    const { dialog } = await accepted(placed);
    const ack = await server.request('ACK');
    assert.is(ack.headers.get('CSeq'), '2 ACK');
    assert.is(ack.headers.get('Authorization'), header);

    // A BYE may be challenged too.
    const bye = dialog.bye();
    const challenged = await server.request('BYE');
    server.answer(challenged, 407, port, { headers: [['Proxy-Authenticate', challenge('n2')]] });
    const again = await server.next(
      each => each.kind === 'request' && each.method === 'BYE' && each.headers.has('Proxy-Authorization'),
    );
    assert.ok(isRight(again as SipRequest, again.headers.get('Proxy-Authorization')!, 'n2'));
    server.answer(again as SipRequest, 200, port);
    assert.equal(await bye, { status: 200 });
    assert.equal(await emptied(agent), NOTHING);
  }));

test('calls that share what they have learnt are asked only once', () =>
  withServer(async (agent, server, port) => {
    const digestSession = new DigestSession(AUTH);
    const first = place(agent, server.port, { auth: AUTH, digestSession });
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', challenge('n1')]] });
    const signed = await server.request('INVITE');
    assert.match(signed.headers.get('Authorization') ?? '', /nc=00000001/);
    const info = ['Authentication-Info', 'nextnonce="n2"'] as const;
    const contact = ['Contact', `<sip:raw@127.0.0.1:${server.port}>`] as const;
    server.answer(signed, 200, port, { body: ANSWER, toTag: 'a', headers: [contact, info] });
    const { dialog } = await accepted(first);
    const ended = dialog.bye();
    const bye = await server.request('BYE');
    assert.ok(isRight(bye, bye.headers.get('Authorization') ?? '', 'n2'));
    server.answer(bye, 200, port);
    await ended;
    const second = place(agent, server.port, { auth: AUTH, digestSession });
    const invite = await server.request('INVITE');
    assert.is(invite.headers.get('CSeq'), '1 INVITE');
    assert.ok(isRight(invite, invite.headers.get('Authorization') ?? '', 'n2'));
    assert.match(invite.headers.get('Authorization') ?? '', /nc=00000002/);
    server.answer(invite, 486, port);
    assert.is((await failed(second)).status, 486);
    assert.equal(await emptied(agent), NOTHING);
  }));

test('a proxy and the callee may each ask once', () =>
  withServer(async (agent, server, port) => {
    const placed = place(agent, server.port, { auth: AUTH });
    server.answer(await server.request('INVITE'), 407, port, { headers: [['Proxy-Authenticate', challenge('p')]] });
    const second = await server.request('INVITE');
    server.answer(second, 401, port, { headers: [['WWW-Authenticate', challenge('u')]] });
    const third = await server.request('INVITE');
    assert.ok(isRight(third, third.headers.get('Proxy-Authorization')!, 'p'));
    assert.ok(isRight(third, third.headers.get('Authorization')!, 'u'));
    server.answer(third, 486, port);
    assert.is((await failed(placed)).status, 486);
  }));

test('a wrong password is found out at the second challenge', () =>
  withServer(async (agent, server, port) => {
    const placed = place(agent, server.port, { auth: AUTH });
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', challenge('a')]] });
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', challenge('b')]] });
    const failure = await failed(placed);
    assert.is(failure.cause, 'response');
    assert.is(failure.status, 401);
    assert.equal(await emptied(agent), NOTHING);
    const invites = server.received.filter(each => each.kind === 'request' && each.method === 'INVITE');
    // A machine that stalls sends one again.
    assert.is(new Set(invites.map(({ headers }) => headers.get('CSeq'))).size, 2);
  }));

test('a stale nonce is worth another try', () =>
  withServer(async (agent, server, port) => {
    const placed = place(agent, server.port, { auth: AUTH });
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', challenge('a')]] });
    const stale = challenge('b', ', stale=true');
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', stale]] });
    const third = await server.request('INVITE');
    assert.ok(isRight(third, third.headers.get('Authorization')!, 'b'));
    // The same nonce again, stale or not, would go round for ever.
    server.answer(third, 401, port, { headers: [['WWW-Authenticate', stale]] });
    assert.is((await failed(placed)).status, 401);
  }));

test('without credentials, or asked for what we cannot answer, the 401 itself is the outcome', () =>
  withServer(async (agent, server, port) => {
    const without = place(agent, server.port);
    server.answer(await server.request('INVITE'), 401, port, { headers: [['WWW-Authenticate', challenge('a')]] });
    assert.is((await failed(without)).status, 401);
    for (const value of ['Basic realm="x"', 'Digest realm="x', 'Digest realm="x", nonce="y", algorithm=ROT13']) {
      const placed = place(agent, server.port, { auth: AUTH });
      const invite = await server.request('INVITE');
      server.answer(invite, 407, port, { headers: [['Proxy-Authenticate', value]] });
      assert.is((await failed(placed)).status, 407);
    }
    assert.equal(await emptied(agent), NOTHING);
  }));

test.run();
