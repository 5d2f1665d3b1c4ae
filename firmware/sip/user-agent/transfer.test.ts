import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { DialogRequest } from '../dialog/dialog-listener.ts';
import { parseUri } from '../message/uri.ts';
import { ReferNotifier } from '../refer/refer-notifier.ts';
import { readRefer } from '../refer/refer-request.ts';
import { type ReferOptions, type ReferOutcome, ReferSender } from '../refer/refer-sender.ts';
import { ANSWER, accepted, emptied, NOTHING, nextInvite, place, startAgent } from './user-agent.fixture.ts';

const OPTIONS: ReferOptions = {
  target: { displayName: null, uri: parseUri('sip:carol@example.com'), method: 'INVITE', replaces: null, headers: [] },
  subscribe: true,
};

/** A call between two boxes: the dialogs of the caller and of the called. */
async function inCall(run: (caller: Dialog, called: Dialog) => Promise<void>): Promise<void> {
  const [alice, bob] = [await startAgent(), await startAgent()];
  try {
    const coming = nextInvite(bob);
    const placed = place(alice, bob.listening[0]!.port);
    const called = (await coming).accept(ANSWER);
    const { dialog } = await accepted(placed);
    if (!called) throw new Error('the INVITE could not be accepted');
    await run(dialog, called);
    await dialog.bye();
    assert.equal([await emptied(alice), await emptied(bob)], [NOTHING, NOTHING]);
  } finally {
    await Promise.all([alice.close(), bob.close()]);
  }
}

/** Sends a REFER on `dialog`; everything that comes back on it goes to its sender. */
function refer(dialog: Dialog, options: ReferOptions = OPTIONS) {
  const progress: number[] = [];
  const finished = new Promise<ReferOutcome>(done => {
    const listener = { progress: (status: number) => void progress.push(status), finished: done };
    const sender = new ReferSender({ clock: systemClock, dialog, listener });
    dialog.listener = {
      ended: () => sender.dialogEnded(),
      request: request => {
        if (!sender.notified(request)) request.respond(481);
      },
    };
    void sender.send(options);
  });
  return { progress, finished };
}

function nextRequest(dialog: Dialog): Promise<DialogRequest> {
  return new Promise(came => {
    dialog.listener = { ended: () => {}, request: came };
  });
}

test('a blind transfer is accepted, and its progress and result are told, over a real dialog', () =>
  inCall(async (caller, called) => {
    const asked = nextRequest(called);
    const { progress, finished } = refer(caller);
    const request = await asked;
    const read = readRefer(request.request.headers);
    assert.equal([request.method, read.target.uri.user, read.target.replaces], ['REFER', 'carol', null]);
    const notifier = new ReferNotifier({ clock: systemClock, dialog: called, refer: read, first: true });
    notifier.accept(request);
    notifier.finish(486, 'Busy Here');
    assert.equal(await finished, { kind: 'final', status: 486, reason: 'Busy Here' });
    assert.equal(progress, []);
  }));

test('a transfer without news is over with its answer', () =>
  inCall(async (caller, called) => {
    const asked = nextRequest(called);
    const { finished } = refer(caller, { ...OPTIONS, subscribe: false });
    const request = await asked;
    const refers = readRefer(request.request.headers);
    new ReferNotifier({ clock: systemClock, dialog: called, refer: refers, first: true }).accept(request);
    assert.equal(await finished, { kind: 'unwatched' });
  }));

test('a transfer that is refused leaves the call as it is', () =>
  inCall(async (caller, called) => {
    const asked = nextRequest(called);
    const { finished } = refer(caller);
    (await asked).respond(603);
    const outcome = await finished;
    assert.equal([outcome.kind, outcome.kind === 'refused' && outcome.status], ['refused', 603]);
    assert.not(caller.closed);
  }));

test('a call that ends before the result leaves the outcome unknown', () =>
  inCall(async (caller, called) => {
    const asked = nextRequest(called);
    const { finished } = refer(caller);
    const request = await asked;
    const refers = readRefer(request.request.headers);
    const notifier = new ReferNotifier({ clock: systemClock, dialog: called, refer: refers, first: true });
    notifier.accept(request);
    notifier.progress(180);
    await called.bye();
    notifier.close();
    assert.equal(await finished, { kind: 'lost', why: 'dialog-ended' });
  }));

test.run();
