import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../../message/uri.ts';
import { ANSWER, OFFER } from '../user-agent.fixture.ts';
import { fresh, hangUp, methods, onRig, to, until } from './outgoing-call.fixture.ts';

const NO_BODY = Buffer.alloc(0);
const SDP = [['Content-Type', 'application/sdp']] as const;

test('a session timer is asked for, longer when the far end wants it so (RFC 4028 §7.4)', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), sessionTimer: { intervalS: 1800, minS: 90 } });
    const invite = await fresh(peer, 'INVITE');
    assert.is(invite.headers.get('Session-Expires'), '1800');
    assert.is(invite.headers.get('Min-SE'), '90');
    assert.ok(invite.headers.getAll('Supported').includes('timer'));
    peer.answer(invite, 422, port, { headers: [['Min-SE', '3600']] });
    const longer = await fresh(peer, 'INVITE');
    assert.is(longer.headers.get('CSeq'), '2 INVITE');
    assert.is(longer.headers.get('Session-Expires'), '3600');
    assert.is(longer.headers.get('Min-SE'), '3600');
    peer.answer(longer, 422, port, { headers: [['Min-SE', '3600']] });
    const failure = await heard.failed;
    assert.is(failure.status, 422);
    assert.is(failure.tried, 1);
  }));

test('a far end that raises its demands again and again is left in the end', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), sessionTimer: { intervalS: 90, minS: 90 } });
    for (let each = 1; each <= 5; each++) {
      peer.answer(await fresh(peer, 'INVITE'), 422, port, { headers: [['Min-SE', String(each * 1000)]] });
    }
    assert.is((await heard.failed).status, 422);
  }));

test('the session timer that the answer names runs with the dialog and ends with it', () =>
  onRig(async ({ agent, peers: [peer], port, call }) => {
    for (const refresher of ['uac', 'uas']) {
      const heard = call({ ...to(peer.port), sessionTimer: { intervalS: 1800, minS: 90 } });
      const headers = [
        ['Contact', `<sip:raw@127.0.0.1:${peer.port}>`],
        ['Session-Expires', `1800;refresher=${refresher}`],
        ['Require', 'timer'],
      ] as const;
      peer.answer(await fresh(peer, 'INVITE'), 200, port, { headers, body: ANSWER });
      const { dialog } = await heard.accepted;
      await until(() => agent.dump().timers >= 2);
      await hangUp(dialog, peer, port);
    }
  }));

test('a far end that refuses what was only offered gets the call without it', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), sessionTimer: { intervalS: 1800, minS: 90 } });
    peer.answer(await fresh(peer, 'INVITE'), 420, port, { headers: [['Unsupported', 'timer']] });
    const less = await fresh(peer, 'INVITE');
    assert.not(less.headers.getAll('Supported').includes('timer'));
    assert.not(less.headers.has('Session-Expires'));
    peer.answer(less, 486, port);
    assert.is((await heard.failed).status, 486);
  }));

test('an INVITE without an offer: the offer of the 200 is answered with the ACK', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), body: NO_BODY });
    const invite = await fresh(peer, 'INVITE');
    assert.not(invite.headers.getAll('Supported').includes('100rel'));
    peer.answer(invite, 200, port, { headers: SDP, body: OFFER });
    const { dialog, body, acknowledge } = await heard.accepted;
    assert.is(body, OFFER.toString());
    assert.not(methods(peer).includes('ACK'));
    acknowledge?.(ANSWER);
    acknowledge?.(NO_BODY);
    const ack = await peer.request('ACK');
    assert.equal(ack.body, ANSWER);
    assert.is(ack.headers.get('Content-Type'), 'application/sdp');
    peer.answer(invite, 200, port, { headers: SDP, body: OFFER });
    assert.equal((await peer.request('ACK')).body, ANSWER);
    await hangUp(dialog, peer, port);
  }));

test('an offer that its owner does not answer in time ends the call', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), body: NO_BODY });
    peer.answer(await fresh(peer, 'INVITE'), 200, port, { headers: SDP, body: OFFER });
    const { dialog } = await heard.accepted;
    const ended = new Promise<string>(done => {
      dialog.listener = { ended: end => done(end.by) };
    });
    assert.is((await peer.request('ACK')).body.length, 0);
    peer.answer(await fresh(peer, 'BYE'), 200, port);
    assert.is(await ended, 'failed');
  }));

test('a call that its owner ends before it answered the offer is acknowledged when the 200 comes again', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call({ ...to(peer.port), body: NO_BODY });
    const invite = await fresh(peer, 'INVITE');
    peer.answer(invite, 200, port, { headers: SDP, body: OFFER });
    await hangUp((await heard.accepted).dialog, peer, port);
    peer.answer(invite, 200, port, { headers: SDP, body: OFFER });
    await peer.request('ACK');
  }));

test('a description is taken out of a multipart; a type that is none of ours is left', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    const isup = '--x\r\nContent-Type: application/isup;version=itu-t92+\r\n\r\n\x01\x02\r\n';
    const body = Buffer.from(`${isup}--x\r\nContent-Type: application/sdp\r\n\r\n${ANSWER}\r\n--x--\r\n`);
    peer.answer(invite, 183, port, { headers: [['Content-Type', 'multipart/mixed;boundary=x']], body });
    peer.answer(invite, 183, port, { headers: [['Content-Type', 'application/isup']], body: Buffer.from('\x01') });
    peer.answer(invite, 183, port, { headers: [['Content-Type', 'multipart/mixed']], body });
    await until(() => heard.progress.length === 3);
    assert.is(heard.progress[0]?.body.trim(), ANSWER.toString().trim());
    assert.equal(
      heard.progress.slice(1).map(each => each.body),
      ['', ''],
    );
    peer.answer(invite, 486, port);
    await heard.failed;
  }));

test('a call to a sips: target is asked for as sips: and reached as sips:', () =>
  onRig(async ({ peers: [peer], call }) => {
    const { requestUri } = to(peer.port);
    const failure = await call({ target: parseUri(requestUri.replace('sip:', 'sips:')), requestUri }).failed;
    // The peer speaks no TLS: nothing went out in the clear.
    assert.is(failure.error?.code, 'sip.send-failed');
    assert.equal(methods(peer), []);
  }));

test.run();
