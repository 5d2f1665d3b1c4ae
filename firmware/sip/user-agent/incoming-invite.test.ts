import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { SipMessage } from '../message/message.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import {
  acknowledge,
  acknowledgeFailure,
  type Callee,
  call,
  hangUp,
  hear,
  say,
  toTagOf,
  withCallee,
} from './callee.fixture.ts';
import { ANSWER } from './user-agent.fixture.ts';

const OURS = Buffer.from('v=0\r\ns=ours\r\n');
const THEIRS = 'v=0\r\ns=theirs\r\n';

const isStatus = (status: number, cseq: string) => (each: SipMessage) =>
  each.kind === 'response' && each.status === status && each.headers.get('CSeq') === cseq;

test('an INVITE without an offer gets ours, and its ACK brings the answer', () =>
  withCallee(async callee => {
    const invite = await call(callee, { body: '' });
    assert.ok(invite.offerless);
    const heard = hear(invite);
    const dialog = invite.accept(OURS)!;
    const success = await callee.caller.response(200);
    assert.is(success.body.toString(), OURS.toString());
    assert.is(dialog.offers.outstanding, 'ours');
    acknowledge(callee, dialog.localTag, THEIRS);
    await heard.until('answered');
    assert.equal(heard.said, ['confirmed', `answered ${THEIRS}`]);
    assert.is(dialog.offers.outstanding, null);
    await hangUp(callee, dialog.localTag);
  }));

test('an ACK without the answer ends the call by BYE, and its owner hears it', () =>
  withCallee(async callee => {
    const invite = await call(callee, { body: '' });
    const dialog = invite.accept(OURS)!;
    const ended = new Promise<string>(done => {
      dialog.listener = { ended: ({ by }) => done(by) };
    });
    await callee.caller.response(200);
    acknowledge(callee, dialog.localTag);
    assert.is(await ended, 'failed');
    const bye = await callee.caller.request('BYE');
    assert.match(bye.headers.get('Reason') ?? '', /^SIP;cause=488/);
    callee.caller.answer(bye, 200, callee.port);
  }));

test('our offer goes out early in a reliable response alone; the PRACK answers it and the 200 needs none', () =>
  withCallee(async callee => {
    const invite = await call(callee, { body: '', extra: ['Supported: 100rel'] });
    const heard = hear(invite);
    invite.progress(183, OURS);
    const progress = await callee.caller.response(183);
    assert.is(progress.body.toString(), OURS.toString());
    assert.equal(progress.headers.getAll('Require'), ['100rel']);
    const toTag = toTagOf(progress);
    const rack = `RAck: ${progress.headers.get('RSeq')} 1 INVITE`;
    say(callee, 'PRACK', { toTag, cseq: 2, body: THEIRS, extra: [rack] });
    await callee.caller.next(isStatus(200, '2 PRACK'));
    assert.equal(heard.said, [`answered ${THEIRS}`]);
    invite.accept(OURS);
    const success = await callee.caller.next(isStatus(200, '1 INVITE'));
    assert.is(success.body.length, 0);
    acknowledge(callee, toTag);
    await heard.until('confirmed');
    await hangUp(callee, toTag, 3);
    assert.equal(heard.said, [`answered ${THEIRS}`, 'confirmed']);
  }));

test('where the caller knows no PRACK our offer waits for the 200', () =>
  withCallee(async callee => {
    const invite = await call(callee, { body: '' });
    invite.progress(183, OURS);
    assert.is((await callee.caller.response(183)).body.length, 0);
    invite.reject(480);
    await callee.caller.response(480);
    acknowledgeFailure(callee);
  }));

test('an UPDATE that crosses the offer of the INVITE is told to come again (RFC 3311 §5.2)', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    invite.ring();
    const toTag = toTagOf(await callee.caller.response(180));
    say(callee, 'UPDATE', { toTag, cseq: 2, body: THEIRS });
    const refused = await callee.caller.response(500);
    assert.match(refused.headers.get('Retry-After') ?? '', /^\d+$/);
    invite.reject(480);
    await callee.caller.response(480);
    acknowledgeFailure(callee);
  }));

test('a session timer that is too short is refused with the shortest that we take', () =>
  withCallee(
    async callee => {
      callee.agent.onInvite = () => assert.unreachable();
      const extra = ['Supported: timer', 'Session-Expires: 90'];
      callee.caller.send(callee.caller.requestText('INVITE', { extra }), callee.port);
      assert.is((await callee.caller.response(422)).headers.get('Min-SE'), '120');
      acknowledgeFailure(callee);
    },
    { sessionTimer: { intervalS: 1800, minS: 120 } },
  ));

test('the 200 says who refreshes, and without a refresh the call is ended (RFC 4028)', async () => {
  const clock = new ManualClock();
  await withCallee(
    async callee => {
      const extra = ['Supported: timer', 'Session-Expires: 1800;refresher=uac'];
      const invite = await call(callee, { extra });
      const heard = hear(invite);
      const dialog = invite.accept(ANSWER)!;
      const success = await callee.caller.response(200);
      assert.is(success.headers.get('Session-Expires'), '1800;refresher=uac');
      assert.equal(success.headers.getAll('Require'), ['timer']);
      acknowledge(callee, dialog.localTag);
      await heard.until('confirmed');
      const ended = new Promise<string>(done => {
        dialog.listener = { ended: ({ by }) => done(by) };
      });
      clock.advance(1_700_000);
      assert.not(dialog.closed);
      clock.advance(100_000);
      assert.is(await ended, 'session-timer');
      callee.caller.answer(await callee.caller.request('BYE'), 200, callee.port);
      while (callee.agent.dump().callIds > 0) {
        clock.advance(1000);
        await new Promise<void>(again => setImmediate(again));
      }
    },
    { clock, timers: RFC_TIMERS },
  );
});

test('a caller without session timers gets none', () =>
  withCallee(async callee => {
    const dialog = (await call(callee)).accept(ANSWER)!;
    assert.not((await callee.caller.response(200)).headers.has('Session-Expires'));
    acknowledge(callee, dialog.localTag);
    await hangUp(callee, dialog.localTag);
  }));

test('whoever was let in by digest is named', () =>
  withCallee(
    async callee => {
      const invite = await call(callee);
      assert.is(invite.user, 'pbx');
      invite.reject(403);
      await callee.caller.response(403);
      acknowledgeFailure(callee);
    },
    { isTrusted: () => false, gatekeeper: { admit: () => ({ kind: 'admit', user: 'pbx' }) } },
  ));

test('a call is sent elsewhere with the places in order', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    assert.throws(() => invite.redirect(['sip:a@x>\r\n']), isCrosspointError);
    invite.redirect(['sip:first@192.0.2.1;transport=tcp', 'tel:+4420'], [['Reason', 'SIP;cause=302']]);
    const moved = await callee.caller.response(302);
    const contacts = ['<sip:first@192.0.2.1;transport=tcp>;q=1.0', '<tel:+4420>;q=0.9'];
    assert.equal(moved.headers.getAll('Contact'), contacts);
    assert.is(moved.headers.get('Reason'), 'SIP;cause=302');
    acknowledgeFailure(callee);
  }));

test('a refusal carries its reason', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    const reason: [string, string][] = [
      ['Reason', 'Q.850;cause=21'],
      ['Retry-After', '30'],
      ['Warning', '399 box "no"'],
    ];
    assert.throws(() => invite.reject(603, 'No\r\nWay'), isCrosspointError);
    for (const status of [200, 180, 700, Number.NaN]) assert.throws(() => invite.reject(status), isCrosspointError);
    invite.reject(603, 'Not Today', reason);
    invite.reject(480);
    const refused = await callee.caller.response(603);
    assert.is(refused.reason, 'Not Today');
    for (const [name, value] of reason) assert.is(refused.headers.get(name), value);
    acknowledgeFailure(callee);
  }));

test('an INVITE that is answered cannot be cancelled any more', () =>
  withCallee(async callee => {
    const invite = await call(callee);
    const heard = hear(invite);
    const dialog = invite.accept(ANSWER)!;
    await callee.caller.response(200);
    say(callee, 'CANCEL', { branch: 'z9hG4bKINVITE1' });
    await callee.caller.next(isStatus(200, '1 CANCEL'));
    acknowledge(callee, dialog.localTag);
    await heard.until('confirmed');
    await hangUp(callee, dialog.localTag);
    assert.equal(heard.said, ['confirmed']);
  }));

test('a box that drains takes nothing new, and lets what it has go on', () =>
  withCallee(async callee => {
    const dialog = (await call(callee)).accept(ANSWER)!;
    await callee.caller.response(200);
    acknowledge(callee, dialog.localTag);
    callee.agent.draining = true;
    say(callee, 'OPTIONS', { callId: 'health' });
    assert.match((await callee.caller.response(503)).headers.get('Retry-After') ?? '', /^\d+$/);
    await refusedCall(callee);
    say(callee, 'OPTIONS', { toTag: dialog.localTag, cseq: 2 });
    await callee.caller.next(isStatus(200, '2 OPTIONS'));
    await hangUp(callee, dialog.localTag);
  }));

async function refusedCall(callee: Callee): Promise<void> {
  callee.agent.onInvite = () => assert.unreachable();
  say(callee, 'INVITE', { callId: 'new', branch: 'z9hG4bKnew' });
  const refused = await callee.caller.response(503);
  assert.match(refused.headers.get('Retry-After') ?? '', /^\d+$/);
  say(callee, 'ACK', { callId: 'new', branch: 'z9hG4bKnew' });
}

test.run();
