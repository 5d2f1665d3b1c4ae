import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipRequest } from '../../message/message.ts';
import type { RawPeer } from '../raw-peer.fixture.ts';
import { ANSWER, OFFER } from '../user-agent.fixture.ts';
import { distinct, fresh, hangUp, methods, onRig, to, until } from './outgoing-call.fixture.ts';

const NO_BODY = Buffer.alloc(0);

interface Reliable {
  rseq: number;
  tag?: string;
  body?: Buffer;
}

function ring(peer: RawPeer, invite: SipRequest, port: number, { rseq, tag = 'raw', body = NO_BODY }: Reliable): void {
  const headers: [string, string][] = [
    ['Contact', `<sip:raw@127.0.0.1:${peer.port}>`],
    ['Require', '100rel'],
    ['RSeq', String(rseq)],
  ];
  if (body.length > 0) headers.push(['Content-Type', 'application/sdp']);
  peer.answer(invite, 183, port, { toTag: tag, headers, body });
}

async function prack(peer: RawPeer, port: number): Promise<SipRequest> {
  const request = await fresh(peer, 'PRACK');
  peer.answer(request, 200, port);
  return request;
}

test('a reliable response is acknowledged by PRACK in its early dialog, once, and told once (RFC 3262 §4)', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    assert.ok(invite.headers.getAll('Supported').includes('100rel'));
    ring(peer, invite, port, { rseq: 7017 });
    const request = await prack(peer, port);
    assert.is(request.headers.get('RAck'), '7017 1 INVITE');
    assert.is(request.headers.get('CSeq'), '2 PRACK');
    assert.match(request.headers.get('To') ?? '', /tag=raw/);
    ring(peer, invite, port, { rseq: 7017 });
    ring(peer, invite, port, { rseq: 7018 });
    assert.is((await prack(peer, port)).headers.get('RAck'), '7018 1 INVITE');
    assert.is(heard.progress.length, 2);
    peer.answer(invite, 200, port, { body: ANSWER });
    // The ACK has the number of the INVITE, the BYE the next one after the PRACKs.
    const { dialog } = await heard.accepted;
    assert.is((await peer.request('ACK')).headers.get('CSeq'), '1 ACK');
    const bye = dialog.bye();
    const ended = await fresh(peer, 'BYE');
    assert.is(ended.headers.get('CSeq'), '4 BYE');
    peer.answer(ended, 200, port);
    await bye;
    assert.is(distinct(peer, 'PRACK'), 2);
  }));

test('a response that came before its turn waits for the one that is missing', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    ring(peer, invite, port, { rseq: 1 });
    await prack(peer, port);
    ring(peer, invite, port, { rseq: 3 });
    ring(peer, invite, port, { rseq: 2 });
    assert.is((await prack(peer, port)).headers.get('RAck'), '2 1 INVITE');
    ring(peer, invite, port, { rseq: 3 });
    assert.is((await prack(peer, port)).headers.get('RAck'), '3 1 INVITE');
    assert.is(heard.progress.length, 3);
    peer.answer(invite, 486, port);
    await heard.failed;
  }));

test('a PRACK that got no answer at all is followed by a new one when the response comes again', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    ring(peer, invite, port, { rseq: 1 });
    const lost = await fresh(peer, 'PRACK');
    let came = false;
    const next = peer.next(each => each.kind === 'request' && each.headers.get('CSeq') === '3 PRACK');
    void next.then(() => {
      came = true;
    });
    while (!came) {
      ring(peer, invite, port, { rseq: 1 });
      await new Promise<void>(later => setTimeout(later, 20));
    }
    const again = (await next) as SipRequest;
    assert.is(again.headers.get('RAck'), lost.headers.get('RAck'));
    peer.answer(again, 200, port);
    assert.is(heard.progress.length, 1);
    peer.answer(invite, 486, port);
    await heard.failed;
  }));

test('the answer in a reliable response stands when the 200 has none', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    ring(peer, invite, port, { rseq: 1, body: ANSWER });
    await prack(peer, port);
    assert.is(heard.progress[0]?.body, ANSWER.toString());
    peer.answer(invite, 200, port);
    const { dialog, body, acknowledge } = await heard.accepted;
    assert.is(body, ANSWER.toString());
    assert.is(acknowledge, undefined);
    assert.is(dialog, heard.progress[0]?.dialog);
    await hangUp(dialog, peer, port);
  }));

test('branches of a fork count their reliable responses apart', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    ring(peer, invite, port, { rseq: 5, tag: 'one' });
    assert.is((await prack(peer, port)).headers.get('RAck'), '5 1 INVITE');
    ring(peer, invite, port, { rseq: 90, tag: 'two' });
    assert.match((await prack(peer, port)).headers.get('To') ?? '', /tag=two/);
    ring(peer, invite, port, { rseq: 6, tag: 'one' });
    assert.is((await prack(peer, port)).headers.get('RAck'), '6 1 INVITE');
    peer.answer(invite, 486, port);
    await heard.failed;
  }));

test('an offer in a reliable response is answered in the PRACK, and the 200 is acknowledged at once', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const offers: string[] = [];
    const heard = call(
      { ...to(peer.port), body: NO_BODY },
      {
        earlyOffer: (_, offer, answer) => {
          offers.push(offer.toString());
          answer(ANSWER);
          answer(NO_BODY);
        },
      },
    );
    const invite = await fresh(peer, 'INVITE');
    assert.is(invite.body.length, 0);
    assert.not(invite.headers.has('Content-Type'));
    ring(peer, invite, port, { rseq: 1, body: OFFER });
    const request = await prack(peer, port);
    assert.equal(request.body, ANSWER);
    assert.is(request.headers.get('Content-Type'), 'application/sdp');
    assert.equal(offers, [OFFER.toString()]);
    peer.answer(invite, 200, port);
    const { dialog, acknowledge } = await heard.accepted;
    assert.is(acknowledge, undefined);
    assert.is((await peer.request('ACK')).body.length, 0);
    await hangUp(dialog, peer, port);
  }));

test('the PRACK of an offer waits for the owner; an answer after the end of the call says nothing', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    let answer: (body: Buffer) => void = () => {};
    const heard = call(
      { ...to(peer.port), body: NO_BODY },
      {
        earlyOffer: (_dialog, _offer, say) => {
          answer = say;
        },
      },
    );
    const invite = await fresh(peer, 'INVITE');
    ring(peer, invite, port, { rseq: 1, body: OFFER });
    ring(peer, invite, port, { rseq: 1, body: OFFER });
    await until(() => heard.progress.length === 1);
    peer.answer(invite, 486, port);
    await heard.failed;
    answer(ANSWER);
    assert.not(methods(peer).includes('PRACK'));
  }));

test('100rel can be required, and left out; a far end that uses it unasked gets its PRACK all the same', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const required = call({ ...to(peer.port), reliable: 'required' });
    const invite = await fresh(peer, 'INVITE');
    assert.equal(invite.headers.getAll('Require'), ['100rel']);
    peer.answer(invite, 420, port, { headers: [['Unsupported', '100rel']] });
    assert.is((await required.failed).status, 420);
    const off = call({ ...to(peer.port), reliable: 'off' });
    const plain = await fresh(peer, 'INVITE');
    assert.not(plain.headers.getAll('Supported').includes('100rel'));
    ring(peer, plain, port, { rseq: 1 });
    await prack(peer, port);
    assert.is(off.progress.length, 1);
    peer.answer(plain, 486, port);
    await off.failed;
  }));

test('an UPDATE of the callee collides with our offer until a reliable response has answered it (RFC 3311 §5.2)', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    const callId = heard.invite.callId;
    const fromTag = 'raw';
    const toTag = /tag=(\w+)/.exec(invite.headers.get('From') ?? '')?.[1] ?? '';
    const update = (cseq: number) => {
      const extra = ['Content-Type: application/sdp'];
      peer.send(peer.requestText('UPDATE', { callId, fromTag, toTag, cseq, extra, body: OFFER.toString() }), port);
    };
    peer.answer(invite, 183, port, { toTag: fromTag });
    await until(() => heard.progress.length === 1);
    const [early] = heard.progress;
    if (early?.dialog) early.dialog.listener = { ended: () => {}, change: change => change.accept(ANSWER) };
    update(1);
    await peer.response(491);
    ring(peer, invite, port, { rseq: 1, tag: fromTag, body: ANSWER });
    await prack(peer, port);
    update(2);
    assert.equal((await peer.response(200)).body, ANSWER);
    peer.answer(invite, 200, port, { toTag: fromTag });
    await hangUp((await heard.accepted).dialog, peer, port);
  }));

test.run();
