import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ANSWER,
  accepted,
  emptied,
  failed,
  NOTHING,
  nextInvite,
  OFFER,
  place,
  remoteEnd,
  settled,
  startAgent,
} from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

/** Two user agents, both over the same transport, closed at the end whatever happens. */
async function pair(
  transport: 'udp' | 'tcp',
  run: (caller: UserAgent, callee: UserAgent, port: number) => Promise<void>,
) {
  const listeners = [{ transport, host: '127.0.0.1', port: 0 }];
  const caller = await startAgent({ listeners });
  const callee = await startAgent({ listeners });
  try {
    await run(caller, callee, callee.listening[0]!.port);
  } finally {
    await Promise.all([caller.close(), callee.close()]);
  }
}

async function bothEmpty(caller: UserAgent, callee: UserAgent): Promise<void> {
  for (const agent of [caller, callee]) assert.equal(await emptied(agent), NOTHING);
}

for (const transport of ['udp', 'tcp'] as const) {
  const options = (port: number) => ({
    target: {
      scheme: 'sip' as const,
      user: 'bob',
      password: null,
      host: '127.0.0.1',
      port,
      params: new Map([['transport', transport]]),
      headers: null,
    },
  });

  test(`a call rings, is answered, and the caller ends it (${transport})`, () =>
    pair(transport, async (caller, callee, port) => {
      const incoming = nextInvite(callee);
      const placed = place(caller, port, options(port));
      const invite = await incoming;
      assert.is(invite.calledUser, 'bob');
      assert.is(invite.from.uri, 'sip:alice@example.com');
      assert.is(invite.request.headers.get('X-Test'), 'yes');
      assert.is(invite.request.body.toString(), OFFER.toString());
      assert.is(invite.source.transport, transport);
      const confirmed = settled(invite);
      invite.ring();
      const there = invite.accept(ANSWER, [['X-Answer', 'yes']])!;
      const ended = remoteEnd(there);

      const { dialog, body, headers } = await accepted(placed);
      assert.equal(placed.progress, [180]);
      assert.is(body.toString(), ANSWER.toString());
      assert.is(headers.get('X-Answer'), 'yes');
      assert.is(await confirmed, 'confirmed');
      assert.is(dialog.localTag, there.remoteTag);
      assert.is(dialog.remoteTag, there.localTag);

      assert.equal(await dialog.bye([['Reason', 'Q.850;cause=16']]), { status: 200 });
      assert.is((await ended).headers.get('Reason'), 'Q.850;cause=16');
      assert.ok(dialog.closed && there.closed);
      await bothEmpty(caller, callee);
    }));

  test(`the callee ends the call (${transport})`, () =>
    pair(transport, async (caller, callee, port) => {
      const incoming = nextInvite(callee);
      const placed = place(caller, port, options(port));
      const invite = await incoming;
      const there = invite.accept(ANSWER)!;
      const { dialog } = await accepted(placed);
      const ended = remoteEnd(dialog);
      // Asked for before the ACK came, perhaps: it is sent when it may be (§15).
      const bye = there.bye();
      assert.is((await ended).by, 'remote');
      assert.equal(await bye, { status: 200 });
      await bothEmpty(caller, callee);
    }));

  test(`a busy callee is heard with its phrase and headers (${transport})`, () =>
    pair(transport, async (caller, callee, port) => {
      callee.onInvite = invite => invite.reject(486, 'In A Meeting', [['Retry-After', '60']]);
      const failure = await failed(place(caller, port, options(port)));
      assert.is(failure.cause, 'response');
      assert.is(failure.status, 486);
      assert.is(failure.phrase, 'In A Meeting');
      assert.is(failure.headers?.get('Retry-After'), '60');
      await bothEmpty(caller, callee);
    }));

  test(`a ringing call is cancelled (${transport})`, () =>
    pair(transport, async (caller, callee, port) => {
      const incoming = nextInvite(callee);
      let rang: () => void = () => {};
      const ringing = new Promise<void>(done => {
        rang = done;
      });
      const placed = place(caller, port, options(port));
      const invite = await incoming;
      const cancelled = settled(invite);
      invite.ring();
      void waitFor(() => placed.progress.length > 0).then(rang);
      await ringing;
      placed.invite.cancel();
      placed.invite.cancel();
      const failure = await failed(placed);
      assert.is(failure.cause, 'cancelled');
      assert.is(await cancelled, 'cancelled');
      assert.is(invite.accept(ANSWER), null);
      await bothEmpty(caller, callee);
      assert.is(placed.outcomes.length, 1);
    }));
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>(again => setImmediate(again));
}

test('a callee that rings for too long is cancelled', () =>
  pair('udp', async (caller, callee, port) => {
    const incoming = nextInvite(callee);
    const placed = place(caller, port, { ringLimitMs: 50 });
    const invite = await incoming;
    const cancelled = settled(invite);
    invite.ring();
    assert.is((await failed(placed)).cause, 'ring-limit');
    assert.is(await cancelled, 'cancelled');
    await bothEmpty(caller, callee);
  }));

test('both sides may hang up at the same moment', () =>
  pair('udp', async (caller, callee, port) => {
    const incoming = nextInvite(callee);
    const placed = place(caller, port);
    const invite = await incoming;
    const confirmed = settled(invite);
    const there = invite.accept(ANSWER)!;
    const { dialog } = await accepted(placed);
    await confirmed;
    let told = 0;
    for (const each of [dialog, there])
      each.listener = {
        ended: () => {
          told += 1;
        },
      };
    const outcomes = await Promise.all([dialog.bye(), there.bye(), dialog.bye()]);
    assert.equal(outcomes, [{ status: 200 }, { status: 200 }, { status: 200 }]);
    assert.is(told, 0);
    await bothEmpty(caller, callee);
  }));

test('500 calls leave nothing behind', () =>
  pair('udp', async (caller, callee, port) => {
    let ended = 0;
    callee.onInvite = invite => {
      invite.ring();
      const dialog = invite.accept(ANSWER);
      if (dialog)
        dialog.listener = {
          ended: () => {
            ended += 1;
          },
        };
    };
    for (let batch = 0; batch < 10; batch++) {
      const calls = Array.from({ length: 50 }, () => place(caller, port));
      const outcomes = await Promise.all(calls.map(accepted));
      const byes = await Promise.all(outcomes.map(({ dialog }) => dialog.bye()));
      assert.equal(new Set(byes.map(({ status }) => status)), new Set([200]));
    }
    assert.is(ended, 500);
    await bothEmpty(caller, callee);
  }));

test.run();
