import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ANSWER, nextInvite, startAgent } from '../user-agent.fixture.ts';
import { fresh, hangUp, methods, onClock, onRig, to, until } from './outgoing-call.fixture.ts';

const UDP_AND_TCP = {
  listeners: (['udp', 'tcp'] as const).map(transport => ({ transport, host: '127.0.0.1', port: 0 })),
};

test('a hop that says nothing for five seconds is left for the next one, and tried last from then on', () =>
  onClock(async ({ peers, port, call }, clock) => {
    const [silent, second] = peers;
    const heard = call();
    const first = await fresh(silent, 'INVITE');
    clock.advance(4999);
    assert.equal(methods(second), []);
    clock.advance(1);
    const next = await fresh(second, 'INVITE');
    // RFC 3263 §4.3: the same call by Call-ID and From, another transaction.
    assert.is(next.headers.get('Call-ID'), first.headers.get('Call-ID'));
    assert.is(next.headers.get('From'), first.headers.get('From'));
    assert.is.not(next.headers.get('Via'), first.headers.get('Via'));
    assert.is(next.headers.get('CSeq'), '2 INVITE');
    second.answer(next, 200, port, { body: ANSWER });
    const { dialog, reached } = await heard.accepted;
    assert.is(reached.tried, 2);
    assert.is(reached.hop.port, second.port);
    assert.equal(
      reached.ends.map(({ hop, cause }) => [hop?.port, cause]),
      [[silent.port, 'timeout']],
    );
    await hangUp(dialog, second, port);

    const again = call();
    second.answer(await fresh(second, 'INVITE'), 486, port);
    assert.is((await again.failed).tried, 1);
  }));

test('503 leads to the next hop at once, another 5xx ends the call', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call();
    peers[0].answer(await fresh(peers[0], 'INVITE'), 503, port, { headers: [['Retry-After', '30']] });
    peers[1].answer(await fresh(peers[1], 'INVITE'), 500, port);
    const failure = await heard.failed;
    assert.is(failure.status, 500);
    assert.is(failure.cause, 'response');
    assert.is(failure.hop?.port, peers[1].port);
    assert.is(failure.tried, 2);
    assert.equal(
      failure.ends.map(({ hop, status, cause }) => [hop?.port, status, cause]),
      [
        [peers[0].port, 503, 'response'],
        [peers[1].port, 500, 'response'],
      ],
    );
    await Promise.all([peers[0].request('ACK'), peers[1].request('ACK')]);
    assert.not(methods(peers[2]).includes('INVITE'));
  }));

test('each hop may ask for credentials; they are asked and answered apart from one another', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ auth: { username: 'alice', password: 'secret' } });
    for (const [index, peer] of [peers[0], peers[1]].entries()) {
      const headers = [['Proxy-Authenticate', `Digest realm="r${index}", nonce="n${index}", qop="auth"`]] as const;
      const first = await fresh(peer, 'INVITE');
      peer.answer(first, 407, port, { headers });
      const signed = await fresh(peer, 'INVITE');
      const proxies = signed.headers.getAll('Proxy-Authorization');
      assert.ok(proxies.some(each => each.includes(`realm="r${index}"`)));
      if (index === 0) peer.answer(signed, 503, port);
      else peer.answer(signed, 200, port, { body: ANSWER });
    }
    const { dialog, reached } = await heard.accepted;
    assert.is(reached.tried, 2);
    // §22.1: the ACK of a 2xx carries what its INVITE carried.
    const ack = await peers[1].next(each => each.kind === 'request' && each.headers.get('CSeq') === '4 ACK');
    assert.match(ack.headers.getAll('Proxy-Authorization').join(), /realm="r1"/);
    await hangUp(dialog, peers[1], port);
  }));

test('when every hop refuses, the last refusal is told with its Retry-After', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call();
    for (const [index, peer] of peers.entries()) {
      peer.answer(await fresh(peer, 'INVITE'), 503, port, { headers: [['Retry-After', String(index)]] });
    }
    const failure = await heard.failed;
    assert.is(failure.status, 503);
    assert.is(failure.headers?.get('Retry-After'), '2');
    assert.is(failure.tried, 3);
  }));

test('when no hop answers, the call fails by the time that the last one had', () =>
  onClock(async ({ peers, call }, clock) => {
    const heard = call({ firstResponseMs: 2000 });
    for (const peer of peers) {
      await fresh(peer, 'INVITE');
      assert.equal(heard.ends, []);
      clock.advance(2000);
    }
    const failure = await heard.failed;
    assert.is(failure.cause, 'timeout');
    assert.is(failure.timer, 'first-response');
    assert.is(failure.tried, 3);
    assert.equal(
      failure.ends.map(({ hop, cause }) => [hop?.port, cause]),
      peers.map(({ port }) => [port, 'timeout']),
    );
    assert.is(failure.hop?.port, peers[2].port);
  }));

test('100 is no answer: the hop is cancelled and the next one called, but it is not held against it', () =>
  onClock(async ({ agent, peers, port, call }, clock) => {
    const heard = call();
    const invite = await fresh(peers[0], 'INVITE');
    peers[0].answer(invite, 100, port);
    await until(() => agent.counters.received === 1);
    clock.advance(5000);
    const cancel = await fresh(peers[0], 'CANCEL');
    assert.is(cancel.headers.get('Via'), invite.headers.get('Via'));
    peers[0].answer(cancel, 200, port);
    peers[0].answer(invite, 487, port);
    await peers[0].request('ACK');
    peers[1].answer(await fresh(peers[1], 'INVITE'), 486, port);
    assert.is((await heard.failed).status, 486);
    const again = call();
    peers[0].answer(await fresh(peers[0], 'INVITE'), 486, port);
    assert.is((await again.failed).tried, 1);
  }));

test('any response over 100 stops the clock of the hop', () =>
  onClock(async ({ peers, port, call }, clock) => {
    const heard = call();
    const invite = await fresh(peers[0], 'INVITE');
    peers[0].answer(invite, 183, port);
    await until(() => heard.progress.length === 1);
    clock.advance(59_000);
    peers[0].answer(invite, 200, port, { body: ANSWER });
    await hangUp((await heard.accepted).dialog, peers[0], port);
    assert.equal(methods(peers[1]), []);
  }));

test('an abandoned hop that rings at last is cancelled', () =>
  onClock(async ({ peers, port, call }, clock) => {
    const heard = call();
    const late = await fresh(peers[0], 'INVITE');
    clock.advance(5000);
    const invite = await fresh(peers[1], 'INVITE');
    peers[1].answer(invite, 180, port);
    await until(() => heard.progress.length === 1);
    peers[0].answer(late, 180, port, { toTag: 'late' });
    peers[0].answer(await fresh(peers[0], 'CANCEL'), 200, port);
    peers[0].answer(late, 487, port, { toTag: 'late' });
    await peers[0].request('ACK');
    assert.is(heard.progress.length, 1);
    peers[1].answer(invite, 486, port);
    assert.is((await heard.failed).status, 486);
  }));

test('an abandoned hop that answers at last is acknowledged and ended; the call goes on elsewhere', () =>
  onClock(async ({ peers, port, call }, clock) => {
    const heard = call();
    const late = await fresh(peers[0], 'INVITE');
    clock.advance(5000);
    const invite = await fresh(peers[1], 'INVITE');
    peers[1].answer(invite, 180, port);
    await until(() => heard.progress.length === 1);
    peers[0].answer(late, 200, port, { toTag: 'late', body: ANSWER });
    assert.is((await peers[0].request('ACK')).headers.get('CSeq'), '1 ACK');
    peers[0].answer(await fresh(peers[0], 'BYE'), 200, port);
    assert.equal(heard.ends, []);
    peers[1].answer(invite, 200, port, { body: ANSWER });
    await hangUp((await heard.accepted).dialog, peers[1], port);
    assert.equal(heard.ends, ['accepted']);
  }));

test('one hop has Timer B by default, and as long as it likes once it has said 100', () =>
  onClock(async ({ agent, peers, port, call }, clock) => {
    const heard = call({ ...to(peers[0].port), ringLimitMs: 600_000 });
    peers[0].answer(await fresh(peers[0], 'INVITE'), 100, port);
    await until(() => agent.counters.received === 1);
    clock.advance(300_000);
    heard.invite.cancel();
    peers[0].answer(await fresh(peers[0], 'CANCEL'), 200, port);
    assert.is((await heard.failed).cause, 'cancelled');
    const silent = call(to(peers[1].port));
    await fresh(peers[1], 'INVITE');
    clock.advance(31_999);
    assert.equal(silent.ends, []);
    clock.advance(1);
    const failure = await silent.failed;
    assert.is(failure.timer, 'B');
    assert.is(failure.tried, 1);
  }));

test('a TCP connection that is refused is a failed hop like another', () =>
  onRig(async ({ peers, call }) => {
    const failure = await call(to(peers[0].port, ';transport=tcp')).failed;
    assert.is(failure.cause, 'transport');
    assert.is(failure.error?.code, 'sip.send-failed');
    assert.is(failure.tried, 1);
  }, UDP_AND_TCP));

test('an INVITE too large for a datagram goes over UDP after all where nobody listens to TCP (§18.1.1)', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ ...to(peers[0].port), body: Buffer.alloc(1400, 'a') });
    const invite = await fresh(peers[0], 'INVITE');
    assert.match(invite.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP/);
    assert.is(invite.headers.get('CSeq'), '2 INVITE');
    peers[0].answer(invite, 486, port);
    assert.is((await heard.failed).tried, 1);
    const small = call({ ...to(peers[0].port), body: Buffer.alloc(14, 'a') });
    const first = await fresh(peers[0], 'INVITE');
    assert.is(first.headers.get('CSeq'), '1 INVITE');
    peers[0].answer(first, 486, port);
    await small.failed;
  }, UDP_AND_TCP));

test('an INVITE too large for a datagram goes over TCP where it can, and its call stays there', async () => {
  const callee = await startAgent({ listeners: [{ transport: 'tcp', host: '127.0.0.1', port: 0 }] });
  const incoming = nextInvite(callee);
  await onRig(async ({ call }) => {
    const heard = call({ ...to(callee.listening[0]?.port ?? 0), body: Buffer.alloc(1400, 'a') });
    const invite = await incoming;
    assert.is(invite.source.transport, 'tcp');
    assert.match(invite.request.headers.get('Contact') ?? '', /transport=tcp/);
    const theirs = invite.accept(ANSWER);
    const { dialog, reached } = await heard.accepted;
    assert.is(reached.hop.transport, 'tcp');
    assert.equal(await dialog.bye(), { status: 200 });
    assert.ok(theirs?.closed);
  }, UDP_AND_TCP);
  await callee.close();
});

test('a call that is cancelled between two hops goes to no other', () =>
  onRig(async ({ peers, port, call }) => {
    const heard = call({ firstResponseMs: 60_000 });
    const invite = await fresh(peers[0], 'INVITE');
    heard.invite.cancel();
    peers[0].answer(invite, 503, port);
    assert.is((await heard.failed).cause, 'cancelled');
    await peers[0].request('ACK');
    assert.equal(methods(peers[1]), []);
    assert.equal(heard.ends, ['failed']);
  }));

test('the ring limit counts over all hops', () =>
  onClock(async ({ peers, port, call }, clock) => {
    const heard = call({ ringLimitMs: 8000 });
    await fresh(peers[0], 'INVITE');
    clock.advance(5000);
    const invite = await fresh(peers[1], 'INVITE');
    peers[1].answer(invite, 180, port);
    await until(() => heard.progress.length === 1);
    clock.advance(3000);
    peers[1].answer(await fresh(peers[1], 'CANCEL'), 200, port);
    peers[1].answer(invite, 487, port);
    const failure = await heard.failed;
    assert.is(failure.cause, 'ring-limit');
    assert.is(failure.tried, 2);
  }));

test.run();
