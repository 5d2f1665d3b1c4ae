import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import {
  acknowledge,
  acknowledgeFailure,
  type Callee,
  call,
  cancel,
  hangUp,
  hear,
  say,
  toTagOf,
  withCallee,
} from './callee.fixture.ts';
import { ANSWER } from './user-agent.fixture.ts';

const NEEDS_PRACK = ['Require: 100rel'];
const TAKES_PRACK = ['Supported: timer, 100rel'];

/** PRACK of a response that has come; gives the answer's status. */
async function prack(callee: Callee, rseq: string, options: { toTag: string; cseq: number; body?: string }) {
  const extra = [`RAck: ${rseq} 1 INVITE`];
  say(callee, 'PRACK', { ...options, extra });
  const { cseq } = options;
  const isAnswer = `${cseq} PRACK`;
  const answer = await callee.caller.next(each => each.kind === 'response' && each.headers.get('CSeq') === isAnswer);
  if (answer.kind !== 'response') throw new Error('not a response');
  return answer;
}

const heardStatuses = ({ caller }: Callee) =>
  caller.received.flatMap(each =>
    each.kind === 'response' && each.headers.get('CSeq') === '1 INVITE' ? [each.status] : [],
  );

test('progress is told with its description, our Contact and the routes of the INVITE', () =>
  withCallee(async callee => {
    const extra = ['Record-Route: <sip:p2;lr>, <sip:p1;lr>', 'X-From-Far: yes'];
    const invite = await call(callee, { extra });
    assert.is(invite.reliableWanted, 'no');
    assert.is(invite.request.headers.get('X-From-Far'), 'yes');
    invite.progress(181);
    await callee.caller.response(181);
    invite.progress(182, undefined, [['Reason', 'SIP;cause=302']]);
    assert.is((await callee.caller.response(182)).headers.get('Reason'), 'SIP;cause=302');
    invite.progress(183, ANSWER, [], true);
    const progress = await callee.caller.response(183);
    assert.is(progress.body.toString(), ANSWER.toString());
    assert.is(progress.headers.get('Content-Type'), 'application/sdp');
    // The caller does not know PRACK: it is not asked for one.
    assert.not(progress.headers.has('Require'));
    assert.equal(progress.headers.getAll('Record-Route'), ['<sip:p2;lr>', '<sip:p1;lr>']);
    assert.match(progress.headers.get('Contact')!, /^<sip:room@127\.0\.0\.1:\d+>$/);
    invite.ring();
    await callee.caller.response(180);
    invite.ring();
    const dialog = invite.accept(ANSWER)!;
    const success = await callee.caller.response(200);
    assert.is(toTagOf(success), toTagOf(progress));
    assert.ok(success.headers.getAll('Supported').includes('100rel'));
    assert.ok(success.headers.getAll('Allow').includes('REFER'));
    acknowledge(callee, dialog.localTag);
    await hangUp(callee, dialog.localTag);
    assert.equal(
      heardStatuses(callee).filter(each => each === 180),
      [180],
    );
  }));

test('a status that is not provisional is the fault of whoever gives it', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    for (const status of [100, 200, 99, Number.NaN]) assert.throws(() => invite.progress(status), isCrosspointError);
    assert.throws(() => invite.progress(183, undefined, [['X-Bad', 'a\r\nb']]), isCrosspointError);
    invite.reject(480);
    invite.progress(183);
    await callee.caller.response(480);
    acknowledgeFailure(callee);
    assert.equal(heardStatuses(callee), [480]);
  }));

test('a caller that requires PRACK gets every response reliably, one after the other', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: NEEDS_PRACK });
    assert.is(invite.reliableWanted, 'required');
    invite.ring();
    invite.progress(183);
    const ringing = await callee.caller.response(180);
    const toTag = toTagOf(ringing);
    assert.equal(ringing.headers.getAll('Require'), ['100rel']);
    const rseq = ringing.headers.get('RSeq')!;
    // Repeated until it is acknowledged; the second one waits.
    await callee.caller.response(180);
    assert.not(heardStatuses(callee).includes(183));
    assert.is((await prack(callee, String(Number(rseq) + 1), { toTag, cseq: 2 })).status, 481);
    assert.is((await prack(callee, 'none', { toTag, cseq: 3 })).status, 400);
    assert.is((await prack(callee, rseq, { toTag, cseq: 4 })).status, 200);
    const progress = await callee.caller.response(183);
    assert.is(progress.headers.get('RSeq'), String(Number(rseq) + 1));
    assert.is((await prack(callee, rseq, { toTag, cseq: 5 })).status, 481);
    assert.is((await prack(callee, String(Number(rseq) + 1), { toTag, cseq: 6 })).status, 200);
    invite.accept(ANSWER);
    await callee.caller.response(200);
    acknowledge(callee, toTag);
    await hangUp(callee, toTag);
  }));

test('the 200 waits for the PRACK of a response with a description (RFC 3262 §3)', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    assert.is(invite.reliableWanted, 'supported');
    const heard = hear(invite);
    invite.progress(183, ANSWER, [], true);
    const progress = await callee.caller.response(183);
    const dialog = invite.accept(ANSWER);
    assert.ok(dialog);
    await callee.caller.response(183);
    assert.not(heardStatuses(callee).includes(200));
    const toTag = toTagOf(progress);
    assert.is((await prack(callee, progress.headers.get('RSeq')!, { toTag, cseq: 2 })).status, 200);
    await callee.caller.response(200);
    acknowledge(callee, toTag);
    await heard.until('confirmed');
    await hangUp(callee, toTag, 3);
  }));

test('a response that is never acknowledged ends the call with 504, and its owner hears why', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: NEEDS_PRACK });
    const heard = hear(invite);
    invite.ring();
    await heard.until('cancelled prack-timeout');
    await callee.caller.response(504);
    acknowledgeFailure(callee);
    assert.is(invite.accept(ANSWER), null);
  }));

test('an answered call whose PRACK never comes is ended in its dialog', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    invite.progress(183, ANSWER, [], true);
    const dialog = invite.accept(ANSWER)!;
    const ended = new Promise<string>(done => {
      dialog.listener = { ended: ({ by }) => done(by) };
    });
    assert.is(await ended, 'ack-timeout');
    await callee.caller.response(504);
    acknowledgeFailure(callee);
    assert.ok(dialog.closed);
  }));

test('CANCEL still ends a call whose 200 waits for a PRACK', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    invite.progress(183, ANSWER, [], true);
    await callee.caller.response(183);
    const dialog = invite.accept(ANSWER)!;
    const ended = new Promise<string>(done => {
      dialog.listener = { ended: ({ by }) => done(by) };
    });
    cancel(callee);
    assert.is(await ended, 'remote');
    await callee.caller.response(487);
    acknowledgeFailure(callee);
  }));

test('an owner that hangs up while its 200 waits for a PRACK ends the INVITE', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    invite.progress(183, ANSWER, [], true);
    const dialog = invite.accept(ANSWER)!;
    void dialog.bye();
    await callee.caller.response(487);
    acknowledgeFailure(callee);
    assert.not(callee.caller.received.some(each => each.kind === 'request'));
  }));

test('an offer in a PRACK is answered by the owner, or refused with 488 (RFC 3262 §5)', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    const heard = hear(invite);
    const offers: string[] = [];
    invite.listener = {
      ...heard.listener,
      offered: body => {
        offers.push(body.toString());
        return Buffer.from('v=0\r\ns=second\r\n');
      },
    };
    invite.progress(183, ANSWER, [], true);
    const first = await callee.caller.response(183);
    const toTag = toTagOf(first);
    const rseq = Number(first.headers.get('RSeq'));
    const answered = await prack(callee, String(rseq), { toTag, cseq: 2, body: 'v=0\r\ns=new\r\n' });
    assert.is(answered.status, 200);
    assert.is(answered.body.toString(), 'v=0\r\ns=second\r\n');
    assert.equal(offers, ['v=0\r\ns=new\r\n']);
    invite.listener = heard.listener;
    invite.progress(183, undefined, [], true);
    await callee.caller.response(183);
    const refused = await prack(callee, String(rseq + 1), { toTag, cseq: 3, body: 'v=0\r\ns=new\r\n' });
    assert.is(refused.status, 488);
    invite.reject(480);
    await callee.caller.response(480);
    acknowledgeFailure(callee);
  }));

test('ringing is repeated each minute, with its description, until there is an answer', async () => {
  const clock = new ManualClock();
  await withCallee(
    async callee => {
      const invite = await call(callee);
      invite.progress(183, ANSWER);
      await callee.caller.response(183);
      clock.advance(60_000);
      assert.is((await callee.caller.response(183)).body.toString(), ANSWER.toString());
      invite.progress(180);
      await callee.caller.response(180);
      clock.advance(60_000);
      await callee.caller.response(180);
      invite.reject(486);
      await callee.caller.response(486);
      acknowledgeFailure(callee);
      // Timer I: the ACK has come when this has passed and nothing is held.
      while (callee.agent.dump().serverTransactions > 0) {
        clock.advance(100);
        await new Promise<void>(again => setImmediate(again));
      }
      assert.equal(heardStatuses(callee).slice(0, 4), [183, 183, 180, 180]);
    },
    { clock, timers: RFC_TIMERS },
  );
});

test('before the answer an UPDATE reaches the owner, as does an INFO', () =>
  withCallee(async callee => {
    const invite = await call(callee, { extra: TAKES_PRACK });
    const heard = hear(invite);
    const requests: string[] = [];
    invite.listener = {
      ...heard.listener,
      change: change => {
        requests.push(`${change.method} ${change.body}`);
        change.accept(Buffer.from('v=0\r\ns=updated\r\n'));
      },
      request: request => {
        requests.push(request.method);
        request.respond(200);
      },
    };
    invite.progress(183, ANSWER, [], true);
    const progress = await callee.caller.response(183);
    const toTag = toTagOf(progress);
    await prack(callee, progress.headers.get('RSeq')!, { toTag, cseq: 2 });
    say(callee, 'UPDATE', { toTag, cseq: 3, body: 'v=0\r\ns=hold\r\n' });
    const updated = await callee.caller.response(200);
    assert.is(updated.headers.get('CSeq'), '3 UPDATE');
    assert.is(updated.body.toString(), 'v=0\r\ns=updated\r\n');
    say(callee, 'INFO', { toTag, cseq: 4 });
    assert.is((await callee.caller.response(200)).headers.get('CSeq'), '4 INFO');
    assert.equal(requests, ['UPDATE v=0\r\ns=hold\r\n', 'INFO']);
    invite.reject(603);
    await callee.caller.response(603);
    acknowledgeFailure(callee);
  }));

test('whoever takes a call back may say why, and the owner hears it', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    const heard = hear(invite);
    invite.ring();
    await callee.caller.response(180);
    cancel(callee, ['Reason: SIP;cause=200;text="Call completed elsewhere"']);
    await callee.caller.response(487);
    acknowledgeFailure(callee);
    assert.is(heard.ends[0]?.cause, 'cancel');
    assert.is(heard.ends[0]?.headers.get('Reason'), 'SIP;cause=200;text="Call completed elsewhere"');

    const second = nextCall(callee);
    const ringing = await second;
    const heardToo = hear(ringing);
    ringing.ring();
    const toTag = toTagOf(await callee.caller.response(180));
    say(callee, 'BYE', { callId: 'second', toTag, cseq: 2, extra: ['Reason: Q.850;cause=16'] });
    await heardToo.until('cancelled bye');
    assert.is(heardToo.ends[0]?.headers.get('Reason'), 'Q.850;cause=16');
    await callee.caller.response(487);
    say(callee, 'ACK', { callId: 'second', branch: 'z9hG4bKsecond' });
    assert.equal(heardToo.said, ['cancelled bye']);
  }));

async function nextCall(callee: Callee) {
  return await call(callee, { callId: 'second', branch: 'z9hG4bKsecond' });
}

test('a body of parts is read for its description', () =>
  withCallee(async callee => {
    const parts = `--B\r\nContent-Type: application/isup\r\n\r\nx\r\n--B\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--B--`;
    const incoming = call(callee, { body: '', extra: [] });
    const offerless = await incoming;
    assert.ok(offerless.offerless);
    offerless.reject(480);
    await callee.caller.response(480);
    acknowledgeFailure(callee);
    const next = new Promise<string>(done => {
      callee.agent.onInvite = invite => {
        done(invite.request.body.toString());
        invite.reject(486);
      };
    });
    const mixed = ['Content-Type: multipart/mixed;boundary=B'];
    const text = { callId: 'mixed', branch: 'z9hG4bKmixed', body: parts, extra: mixed };
    callee.caller.send(callee.caller.requestText('INVITE', text), callee.port);
    assert.is(await next, 'v=0');
    await callee.caller.response(486);
    say(callee, 'ACK', { callId: 'mixed', branch: 'z9hG4bKmixed' });
  }));

test.run();
