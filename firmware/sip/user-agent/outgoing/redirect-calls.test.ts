import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ANSWER } from '../user-agent.fixture.ts';
import { distinct, fresh, hangUp, methods, onRig, to } from './outgoing-call.fixture.ts';

const contact = (port: number, more = '') => ['Contact', `<sip:carol@127.0.0.1:${port}>${more}`] as const;

test('a redirect that is not to be followed is a failure that names its contacts', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call(to(peers[0].port));
    const headers = [contact(1, ';q=0.2'), contact(2, ';q=0.9')];
    peers[0].answer(await fresh(peers[0], 'INVITE'), 302, port, { headers });
    const failure = await heard.failed;
    assert.is(failure.status, 302);
    assert.equal(failure.contacts, [
      { uri: 'sip:carol@127.0.0.1:2', q: 0.9 },
      { uri: 'sip:carol@127.0.0.1:1', q: 0.2 },
    ]);
  }));

test('a redirect is followed in the order of q until somebody answers (§8.1.3.4)', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ ...to(peers[0].port), followRedirects: 1 });
    const invite = await fresh(peers[0], 'INVITE');
    const headers = [contact(peers[2].port, ';q=0.1'), contact(peers[1].port, ';q=0.7')];
    peers[0].answer(invite, 302, port, { headers });
    const second = await fresh(peers[1], 'INVITE');
    assert.is(second.uri, `sip:carol@127.0.0.1:${peers[1].port}`);
    assert.is(second.headers.get('To'), invite.headers.get('To'));
    assert.is(second.headers.get('Call-ID'), invite.headers.get('Call-ID'));
    assert.is(second.headers.get('CSeq'), '2 INVITE');
    peers[1].answer(second, 486, port);
    peers[2].answer(await fresh(peers[2], 'INVITE'), 200, port, { body: ANSWER });
    const { dialog, reached } = await heard.accepted;
    assert.is(reached.tried, 3);
    await hangUp(dialog, peers[2], port);
  }));

test('two servers that point at each other end the call', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ ...to(peers[0].port), followRedirects: 10 });
    const first = ['Contact', `<sip:bob@127.0.0.1:${peers[0].port}>`] as const;
    peers[0].answer(await fresh(peers[0], 'INVITE'), 302, port, { headers: [contact(peers[1].port)] });
    peers[1].answer(await fresh(peers[1], 'INVITE'), 302, port, { headers: [first, contact(peers[1].port)] });
    const failure = await heard.failed;
    assert.is(failure.status, 302);
    assert.is(failure.tried, 2);
    assert.is(distinct(peers[0], 'INVITE'), 1);
  }));

test('a server that always finds another place is followed as often as the owner said', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), followRedirects: 3 });
    for (let each = 0; each < 4; each++) {
      const headers = [['Contact', `<sip:n${each}@127.0.0.1:${peer.port}>`]] as const;
      const invite = await peer.next(
        message => message.kind === 'request' && message.headers.get('CSeq') === `${each + 1} INVITE`,
      );
      if (invite.kind === 'request') peer.answer(invite, 302, port, { headers });
    }
    assert.is((await heard.failed).tried, 4);
  }));

test('a call that is sent on without end is given up', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    let sent = 0;
    const heard = call({ ...to(peer.port), followRedirects: 1000 });
    void heard.failed.then(() => {
      sent = Number.POSITIVE_INFINITY;
    });
    while (sent < 64) {
      const invite = await fresh(peer, 'INVITE');
      sent += 1;
      peer.answer(invite, 302, port, { headers: [['Contact', `<sip:n${sent}@127.0.0.1:${peer.port}>`]] });
    }
    const failure = await heard.failed;
    assert.is(failure.error?.code, 'sip.too-many-tries');
    assert.is(distinct(peer, 'INVITE'), 64);
  }));

test('credentials go to those who ask for them: the place that a redirect names is not told unasked', () =>
  onRig(async ({ peers, port, call }) => {
    const auth = { username: 'alice', password: 'secret' };
    const heard = call({ ...to(peers[0].port), followRedirects: 1, auth });
    const challenge = ['WWW-Authenticate', 'Digest realm="one", nonce="abc", algorithm=MD5, qop="auth"'] as const;
    peers[0].answer(await fresh(peers[0], 'INVITE'), 401, port, { headers: [challenge] });
    const signed = await fresh(peers[0], 'INVITE');
    assert.match(signed.headers.get('Authorization') ?? '', /realm="one"/);
    peers[0].answer(signed, 302, port, { headers: [contact(peers[1].port)] });
    const elsewhere = await fresh(peers[1], 'INVITE');
    assert.not(elsewhere.headers.has('Authorization'));
    peers[1].answer(elsewhere, 401, port, { headers: [['WWW-Authenticate', 'Digest realm="two", nonce="def"']] });
    const asked = await fresh(peers[1], 'INVITE');
    assert.match(asked.headers.get('Authorization') ?? '', /realm="two"/);
    assert.match(asked.headers.get('Authorization') ?? '', /uri="sip:carol@/);
    peers[1].answer(asked, 401, port, { headers: [['WWW-Authenticate', 'Digest realm="two", nonce="ghi"']] });
    const failure = await heard.failed;
    assert.is(failure.status, 401);
    assert.is(failure.tried, 2);
  }));

test('6xx of one contact speaks for all of them (§21.6)', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ ...to(peers[0].port), followRedirects: 1 });
    const headers = [contact(peers[1].port), contact(peers[2].port)];
    peers[0].answer(await fresh(peers[0], 'INVITE'), 300, port, { headers });
    peers[1].answer(await fresh(peers[1], 'INVITE'), 603, port);
    assert.is((await heard.failed).status, 603);
    assert.equal(methods(peers[2]), []);
  }));

test('a contact that cannot be reached or is not allowed is passed over', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({
      ...to(peers[0].port),
      followRedirects: 1,
      allowRedirect: uri => uri.user !== 'premium',
    });
    const headers = [
      ['Contact', `<sip:premium@127.0.0.1:${peers[2].port}>`],
      ['Contact', '<sip:carol@127.0.0.1;transport=ws>'],
      contact(peers[1].port),
    ] as const;
    peers[0].answer(await fresh(peers[0], 'INVITE'), 302, port, { headers });
    peers[1].answer(await fresh(peers[1], 'INVITE'), 404, port);
    assert.is((await heard.failed).status, 404);
    assert.equal(methods(peers[2]), []);
  }));

test('a call that is cancelled at the moment of a redirect goes nowhere else', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ ...to(peers[0].port), followRedirects: 1 });
    const invite = await fresh(peers[0], 'INVITE');
    heard.invite.cancel();
    peers[0].answer(invite, 302, port, { headers: [contact(peers[1].port)] });
    assert.is((await heard.failed).cause, 'cancelled');
    await peers[0].request('ACK');
    assert.equal(methods(peers[1]), []);
  }));

test.run();
