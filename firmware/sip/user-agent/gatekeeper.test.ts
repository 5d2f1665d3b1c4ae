import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../message/uri.ts';
import type { Gatekeeper } from '../transport/gatekeeper.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import { ANSWER, accepted, emptied, NOTHING, nextInvite, place, settled, startAgent } from './user-agent.fixture.ts';

const CREDENTIALS = 'Authorization: alice';

/** Whoever names a user is that user: the proof itself is the digest server's business. */
const gatekeeper: Gatekeeper = {
  admit(request) {
    const user = request.headers.get('Authorization');
    if (user !== undefined) return { kind: 'admit', user };
    return { kind: 'answer', status: 401, headers: [['WWW-Authenticate', 'Digest realm="box", nonce="n"']] };
  },
};

async function start() {
  const agent = await startAgent({ isTrusted: () => false, gatekeeper });
  const phone = await new RawPeer().start();
  const port = agent.listening[0]!.port;
  const close = () => Promise.all([agent.close(), phone.close()]);
  return { agent, phone, port, close };
}

test('a stranger that proves who it is calls, is acknowledged and hangs up without proving it again', async () => {
  const { agent, phone, port, close } = await start();
  phone.send(phone.requestText('INVITE'), port);
  await phone.response(401);
  assert.equal(agent.dump(), NOTHING);
  const offered = nextInvite(agent);
  phone.send(phone.requestText('INVITE', { cseq: 2, extra: [CREDENTIALS] }), port);
  const invite = await offered;
  const end = settled(invite);
  invite.accept(ANSWER);
  const answer = await phone.response(200);
  const toTag = /tag=(.*)/.exec(answer.headers.get('To')!)![1]!;
  phone.send(phone.requestText('ACK', { cseq: 2, toTag }), port);
  assert.is(await end, 'confirmed');
  phone.send(phone.requestText('BYE', { cseq: 3, toTag }), port);
  await phone.next(each => each.kind === 'response' && each.headers.get('CSeq') === '3 BYE' && each.status === 200);
  assert.equal(await emptied(agent), NOTHING);
  await close();
});

test('its CANCEL, which nobody may challenge, ends its INVITE; anybody else gets nothing for one', async () => {
  const { agent, phone, port, close } = await start();
  const offered = nextInvite(agent);
  phone.send(phone.requestText('INVITE', { branch: 'z9hG4bKx', extra: [CREDENTIALS] }), port);
  const invite: IncomingInvite = await offered;
  const end = settled(invite);
  invite.ring();
  phone.send(phone.requestText('CANCEL', { branch: 'z9hG4bKother' }), port);
  phone.send(phone.requestText('CANCEL', { branch: 'z9hG4bKx', callId: 'another' }), port);
  phone.send(phone.requestText('CANCEL', { branch: 'z9hG4bKx' }), port);
  assert.is(await end, 'cancelled');
  await phone.response(487);
  phone.send(phone.requestText('ACK', { branch: 'z9hG4bKx', toTag: 'x' }), port);
  assert.is(phone.received.filter(each => each.kind === 'response' && each.status === 481).length, 0);
  assert.is(agent.counters.strangers, 2);
  assert.equal(await emptied(agent), NOTHING);
  await close();
});

test('a repeated INVITE is known by its transaction, not by its credentials', async () => {
  const { agent, phone, port, close } = await start();
  let offers = 0;
  agent.onInvite = invite => {
    offers += 1;
    invite.reject(486);
  };
  const text = phone.requestText('INVITE', { extra: [CREDENTIALS] });
  phone.send(text, port);
  await phone.response(486);
  phone.send(text, port);
  await phone.response(486);
  assert.equal([offers, agent.counters.authenticated], [1, 1]);
  phone.send(phone.requestText('ACK', { toTag: 'x', branch: 'z9hG4bKINVITE1' }), port);
  assert.equal(await emptied(agent), NOTHING);
  await close();
});

test('over TCP the connection lives on between the challenge, its ACK and the call', async () => {
  const listeners = [{ transport: 'tcp', host: '127.0.0.1', port: 0 }] as const;
  const agent = await startAgent({ listeners, isTrusted: () => false, gatekeeper });
  const phone = await startAgent({ listeners });
  try {
    const { port } = agent.listening[0]!;
    const offered = nextInvite(agent);
    const uri = `sip:bob@127.0.0.1:${port};transport=tcp`;
    const auth = { username: 'alice', password: 'secret' };
    const placed = place(phone, port, { target: parseUri(uri), requestUri: uri, auth });
    const invite = await offered;
    assert.match(invite.user ?? '', 'alice');
    invite.accept(ANSWER);
    const { dialog } = await accepted(placed);
    assert.is(agent.connections.length, 1);
    await dialog.bye();
    for (const each of [agent, phone]) assert.equal(await emptied(each), NOTHING);
  } finally {
    await Promise.all([agent.close(), phone.close()]);
  }
});

test.run();
