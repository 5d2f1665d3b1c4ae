import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dialog } from '../dialog/dialog.ts';
import { acknowledge, type Callee, call, hangUp, say, toTagOf, withCallee } from './callee.fixture.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { ANSWER, nextInvite, place } from './user-agent.fixture.ts';

/** A second call with these headers; the status that it got at once, or the INVITE that its owner sees. */
async function second(callee: Callee, extra: string[]): Promise<number | IncomingInvite> {
  const { caller, agent, port } = callee;
  const callId = `second-${caller.received.length}`;
  const branch = `z9hG4bK${callId}`;
  const offered = nextInvite(agent);
  caller.send(caller.requestText('INVITE', { callId, branch, extra }), port);
  const refused = caller
    // What answers this one: another's final answer may come again.
    .next(each => each.kind === 'response' && each.status > 100 && each.headers.get('Call-ID') === callId)
    .then(each => {
      if (each.kind !== 'response') throw new Error('not a response');
      say(callee, 'ACK', { callId, branch });
      return each.status;
    });
  refused.catch(() => {});
  return await Promise.race([offered, refused]);
}

async function answered(callee: Callee): Promise<Dialog> {
  const invite = await call(callee);
  const dialog = invite.accept(ANSWER);
  await callee.caller.response(200);
  assert.ok(dialog);
  acknowledge(callee, dialog.localTag);
  return dialog;
}

test('an INVITE that replaces a call of ours says which one', () =>
  withCallee(async callee => {
    const dialog = await answered(callee);
    const invite = await second(callee, [`Replaces: raw-call;to-tag=${dialog.localTag};from-tag=raw`]);
    if (typeof invite === 'number') throw new Error(`refused: ${invite}`);
    assert.is(invite.replaces, dialog);
    invite.reject(480);
    await callee.caller.response(480);
    say(callee, 'ACK', { callId: invite.callId, branch: `z9hG4bK${invite.callId}` });
    await hangUp(callee, dialog.localTag);
  }));

test('one that cannot be replaced is refused as RFC 3891 §3 says', () =>
  withCallee(async callee => {
    const dialog = await answered(callee);
    const ours = `raw-call;to-tag=${dialog.localTag};from-tag=raw`;
    assert.is(await second(callee, [`Replaces: ${ours};early-only`]), 486);
    assert.is(await second(callee, ['Replaces: raw-call;to-tag=other;from-tag=raw']), 481);
    // The tags the wrong way round.
    assert.is(await second(callee, [`Replaces: raw-call;to-tag=raw;from-tag=${dialog.localTag}`]), 481);
    assert.is(await second(callee, [`Replaces: ${ours}`, `Replaces: ${ours}`]), 400);
    assert.is(await second(callee, [`Replaces: ${ours}`, 'Join: x;to-tag=1;from-tag=2']), 400);
    assert.is(await second(callee, ['Replaces: raw-call;to-tag=1']), 400);
    say(callee, 'INFO', { toTag: dialog.localTag, cseq: 5, extra: [`Replaces: ${ours}`] });
    await callee.caller.response(400);
    await hangUp(callee, dialog.localTag);
  }));

test('a call that is just being ended is declined', () =>
  withCallee(async callee => {
    const dialog = await answered(callee);
    // Unanswered as yet.
    const bye = dialog.bye();
    const request = await callee.caller.request('BYE');
    assert.is(await second(callee, [`Replaces: raw-call;to-tag=${dialog.localTag};from-tag=raw`]), 603);
    callee.caller.answer(request, 200, callee.port);
    await bye;
  }));

test('ringing is replaced for the caller alone', () =>
  withCallee(async callee => {
    const { agent, caller, port } = callee;
    const invite = await call(callee);
    invite.ring();
    const toTag = toTagOf(await caller.response(180));
    assert.is(await second(callee, [`Replaces: raw-call;to-tag=${toTag};from-tag=raw;early-only`]), 481);
    invite.reject(480);
    await caller.response(480);
    say(callee, 'ACK', { branch: 'z9hG4bKINVITE1' });

    const placed = place(agent, caller.port);
    const out = await caller.request('INVITE');
    caller.answer(out, 180, port);
    while (placed.progress.length === 0) await new Promise<void>(again => setImmediate(again));
    const fromTag = 'raw';
    const ourTag = /tag=(\w+)/.exec(out.headers.get('From') ?? '')?.[1] ?? '';
    const replaces = `Replaces: ${out.headers.get('Call-ID')};to-tag=${ourTag};from-tag=${fromTag};early-only`;
    const successor = await second(callee, [replaces]);
    if (typeof successor === 'number') throw new Error(`refused: ${successor}`);
    assert.is(successor.replaces?.role, 'uac');
    successor.reject(480);
    await caller.response(480);
    say(callee, 'ACK', { callId: successor.callId, branch: `z9hG4bK${successor.callId}` });
    placed.invite.cancel();
    const cancel = await caller.request('CANCEL');
    caller.answer(cancel, 200, port);
    caller.answer(out, 487, port);
    await placed.outcome;
  }));

test.run();
