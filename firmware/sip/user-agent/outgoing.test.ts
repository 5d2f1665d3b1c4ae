import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import type { SipRequest } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import {
  ANSWER,
  accepted,
  emptied,
  FAST_TIMERS,
  failed,
  NOTHING,
  place,
  remoteEnd,
  startAgent,
} from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

async function withCallee(run: (agent: UserAgent, callee: RawPeer, port: number) => Promise<void>): Promise<void> {
  const agent = await startAgent();
  const callee = await new RawPeer().start();
  try {
    await run(agent, callee, agent.listening[0]!.port);
    assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([agent.close(), callee.close()]);
  }
}

const methods = (peer: RawPeer) => peer.received.map(each => (each.kind === 'request' ? each.method : each.status));
const turn = () => new Promise<void>(done => setImmediate(done));

test('an INVITE carries what RFC 3261 §8.1.1 asks for', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port, { from: { displayName: 'A "B"', uri: 'sip:+15550101@example.com' } });
    const { headers, uri, body } = await callee.request('INVITE');
    assert.is(uri, `sip:bob@127.0.0.1:${callee.port}`);
    assert.match(
      headers.get('Via')!,
      new RegExp(`^SIP/2\\.0/UDP 127\\.0\\.0\\.1:${port};branch=z9hG4bK\\w{24};rport$`),
    );
    assert.match(headers.get('From')!, /^"A \\"B\\"" <sip:\+15550101@example\.com>;tag=\w{16}$/);
    assert.is(headers.get('To'), `<${uri}>`);
    assert.is(headers.get('CSeq'), '1 INVITE');
    assert.is(headers.get('Max-Forwards'), '70');
    assert.is(headers.get('Contact'), `<sip:+15550101@127.0.0.1:${port}>`);
    assert.is(headers.get('Call-ID'), placed.invite.callId);
    assert.is(headers.get('User-Agent'), 'test');
    assert.is(headers.get('Content-Type'), 'application/sdp');
    assert.is(headers.get('Content-Length'), String(body.length));
    callee.answer((await callee.received[0]) as SipRequest, 603, port);
    assert.is((await failed(placed)).status, 603);
  }));

test("CANCEL waits for the first provisional response, on the INVITE's own branch", () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const invite = await callee.request('INVITE');
    placed.invite.cancel();
    assert.is((await failed(placed)).cause, 'cancelled');
    assert.not(methods(callee).includes('CANCEL'));
    callee.answer(invite, 180, port);
    const cancel = await callee.request('CANCEL');
    assert.is(cancel.headers.get('Via'), invite.headers.get('Via'));
    assert.is(cancel.headers.get('CSeq'), '1 CANCEL');
    assert.is(cancel.headers.get('To'), invite.headers.get('To'));
    callee.answer(cancel, 200, port);
    callee.answer(invite, 487, port);
    await callee.request('ACK');
    assert.equal(placed.progress, []);
    assert.is(placed.outcomes.length, 1);
  }));

test('a 200 that crosses the CANCEL is acknowledged and ended by BYE; the owner hears of the cancelling only', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const invite = await callee.request('INVITE');
    callee.answer(invite, 180, port);
    while (placed.progress.length === 0) await turn();
    placed.invite.cancel();
    const cancel = await callee.request('CANCEL');
    callee.answer(invite, 200, port, { body: ANSWER });
    callee.answer(cancel, 200, port);
    await callee.request('ACK');
    const bye = await callee.request('BYE');
    callee.answer(bye, 200, port);
    assert.is((await failed(placed)).cause, 'cancelled');
    assert.equal(await emptied(agent), NOTHING);
    assert.is(placed.outcomes.length, 1);
  }));

test('a callee that ignores the CANCEL is forgotten after 64·T1', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const invite = await callee.request('INVITE');
    callee.answer(invite, 180, port);
    while (placed.progress.length === 0) await turn();
    placed.invite.cancel();
    callee.answer(await callee.request('CANCEL'), 200, port);
  }));

test('silence ends in Timer B, after seven INVITEs', () =>
  withCallee(async (agent, callee) => {
    const failure = await failed(place(agent, callee.port));
    assert.is(failure.cause, 'timeout');
    assert.is(failure.timer, 'B');
    assert.is(failure.status, null);
    const count = methods(callee).length;
    assert.ok(count >= 5 && count <= 7, `${count} INVITEs`);
  }));

test('an answer that comes twice is acknowledged twice, with the same ACK', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const invite = await callee.request('INVITE');
    callee.answer(invite, 200, port, { body: ANSWER });
    const { dialog } = await accepted(placed);
    const first = await callee.request('ACK');
    callee.answer(invite, 200, port, { body: ANSWER });
    assert.equal([...(await callee.request('ACK')).headers], [...first.headers]);
    const bye = dialog.bye();
    callee.answer(await callee.request('BYE'), 200, port);
    // Also when the call is over already.
    callee.answer(invite, 200, port, { body: ANSWER });
    await callee.request('ACK');
    assert.equal(await bye, { status: 200 });
    assert.is(placed.outcomes.length, 1);
  }));

test('of two branches of a fork that answer the first has the call, the second is acknowledged and ended', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const invite = await callee.request('INVITE');
    callee.answer(invite, 180, port, { toTag: 'one' });
    callee.answer(invite, 183, port, { toTag: 'two' });
    while (placed.progress.length < 2) await turn();
    assert.is(agent.dump().dialogs, 2);
    callee.answer(invite, 200, port, { toTag: 'two', body: ANSWER });
    callee.answer(invite, 200, port, { toTag: 'one', body: ANSWER });
    const { dialog } = await accepted(placed);
    assert.is(dialog.remoteTag, 'two');
    const bye = await callee.request('BYE');
    assert.match(bye.headers.get('To')!, /tag=one$/);
    callee.answer(bye, 200, port);
    const acks = callee.received.filter(each => each.kind === 'request' && each.method === 'ACK');
    assert.equal(acks.map(each => /tag=(\w+)/.exec(each.headers.get('To')!)![1]).sort(), ['one', 'two']);
    assert.not(dialog.closed);
    void dialog.bye();
    callee.answer(await callee.request('BYE'), 200, port);
  }));

test('requests in the dialog follow Record-Route and Contact, to a loose router and to a strict one', () =>
  withCallee(async (agent, callee, port) => {
    for (const [router, requestUri, routes] of [
      [';lr', 'sip:deep@192.0.2.7', (self: string) => [`<${self};lr>`, '<sip:p2.example.com;lr>']],
      ['', null, () => ['<sip:p2.example.com;lr>', '<sip:deep@192.0.2.7>']],
    ] as const) {
      const self = `sip:127.0.0.1:${callee.port}`;
      const placed = place(agent, callee.port);
      const invite = await callee.request('INVITE');
      const headers = [
        ['Record-Route', '<sip:p2.example.com;lr>'],
        ['Record-Route', `<${self}${router}>`],
        ['Contact', '<sip:deep@192.0.2.7>'],
      ] as const;
      callee.answer(invite, 200, port, { headers, body: ANSWER });
      const { dialog } = await accepted(placed);
      const ack = await callee.request('ACK');
      assert.is(ack.uri, requestUri ?? self);
      assert.equal(ack.headers.getAll('Route'), routes(self));
      const ended = remoteEnd(dialog);
      const callId = dialog.callId;
      callee.send(callee.requestText('BYE', { callId, toTag: dialog.localTag, branch: `z9hG4bK${callId}` }), port);
      assert.is((await ended).by, 'remote');
    }
  }));

test('a Contact that policy forbids is not followed: the request goes to where the far end was', async () => {
  const agent = await startAgent({ allowTarget: address => address.startsWith('127.') });
  const callee = await new RawPeer().start();
  const port = agent.listening[0]!.port;
  const placed = place(agent, callee.port);
  callee.answer(await callee.request('INVITE'), 200, port, {
    headers: [['Contact', '<sip:x@10.0.0.1>']],
    body: ANSWER,
  });
  const { dialog } = await accepted(placed);
  assert.is((await callee.request('ACK')).uri, 'sip:x@10.0.0.1');
  const bye = dialog.bye();
  callee.answer(await callee.request('BYE'), 200, port);
  assert.equal(await bye, { status: 200 });
  await Promise.all([agent.close(), callee.close()]);
});

test('a target that cannot be reached is told with its code, after invite has returned', () =>
  withCallee(async agent => {
    const cases = [
      ['sips:bob@127.0.0.1:1', 'sip.send-failed'],
      ['sip:bob@127.0.0.1:1;transport=tls', 'sip.send-failed'],
      ['sip:bob@127.0.0.1;transport=tcp', 'sip.transport-unsupported'],
      ['sip:bob@[::1]', 'sip.transport-unsupported'],
      ['sip:bob@no-such-host.invalid', 'sip.target-unresolved'],
      ['tel:+15550100', 'sip.no-target'],
    ];
    for (const [uri, code] of cases) {
      const placed = place(agent, 1, { target: parseUri(uri!) });
      assert.is(placed.outcomes.length, 0);
      const failure = await failed(placed);
      assert.is(failure.cause, 'transport');
      assert.is(failure.error?.code, code, uri);
      assert.is(failure.ends.at(-1)?.error?.code, code, uri);
    }
  }));

test('a target that policy forbids gets nothing', async () => {
  const agent = await startAgent({ allowTarget: () => false });
  const failure = await failed(place(agent, 5060));
  assert.is(failure.error?.code, 'sip.target-not-allowed');
  assert.is(agent.counters.sent, 0);
  await agent.close();
});

test('what cannot be written is refused before anything is under way', () =>
  withCallee(async agent => {
    const attempts: [Parameters<typeof place>[2], string][] = [
      [{ headers: [['X-A', 'b\r\nX-Evil: c']] }, 'sip.line-break'],
      [{ headers: [['X A', 'b']] }, 'sip.header-name'],
      [{ headers: [['v', 'SIP/2.0/UDP evil']] }, 'sip.reserved-header'],
      [{ from: { uri: 'sip:a@b>\r\nX: y' } }, 'sip.malformed'],
      [{ from: { uri: 'sip:a@b', displayName: 'x\r\nX: y' } }, 'sip.line-break'],
      [{ requestUri: 'sip:a b@c' }, 'sip.malformed'],
    ];
    for (const [options, code] of attempts) {
      try {
        place(agent, 5060, options);
        assert.unreachable(code);
      } catch (error) {
        assert.ok(isCrosspointError(error), String(error));
        assert.is(error.code, code);
      }
    }
    assert.is(agent.counters.sent, 0);
  }));

test("an owner's bad header for BYE is refused, and the call can still be ended", () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    callee.answer(await callee.request('INVITE'), 200, port, { body: ANSWER });
    const { dialog } = await accepted(placed);
    try {
      await dialog.bye([['X', 'a\nb']]);
      assert.unreachable();
    } catch (error) {
      assert.ok(isCrosspointError(error), String(error));
    }
    assert.not(dialog.closed);
    const bye = dialog.bye();
    callee.answer(await callee.request('BYE'), 481, port);
    assert.equal(await bye, { status: 481 });
    assert.equal(await dialog.bye(), { status: 481 });
  }));

test('a far end that does not answer BYE is left after Timer F', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    callee.answer(await callee.request('INVITE'), 200, port, { body: ANSWER });
    const { dialog } = await accepted(placed);
    assert.equal(await dialog.bye(), { status: null });
  }));

test('an answer that cannot be read ends the call with an error', () =>
  withCallee(async (agent, callee, port) => {
    const placed = place(agent, callee.port);
    const headers = [['Record-Route', '<no:scheme>']] as const;
    callee.answer(await callee.request('INVITE'), 200, port, { headers });
    assert.is((await failed(placed)).error?.code, 'sip.malformed');
  }));

test('close forgets everything at once, and nobody hears of it', async () => {
  const agent = await startAgent({ timers: { ...FAST_TIMERS, t1: 500 } });
  const callee = await new RawPeer().start();
  const placed = [place(agent, callee.port), place(agent, callee.port)];
  const invite = await callee.request('INVITE');
  callee.answer(invite, 200, agent.listening[0]!.port, { body: ANSWER });
  const first = placed.find(each => each.invite.callId === invite.headers.get('Call-ID'))!;
  const { dialog } = await accepted(first);
  const bye = dialog.bye();
  await callee.request('BYE');
  await agent.close();
  await agent.close();
  assert.equal(await bye, { status: null });
  assert.equal(agent.dump(), NOTHING);
  assert.is(placed.filter(each => each !== first)[0]!.outcomes.length, 0);
  await callee.close();
});

test.run();
