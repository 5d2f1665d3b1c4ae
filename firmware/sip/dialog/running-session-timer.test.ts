import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createResponse } from '../transaction/response.ts';
import type { Dialog } from './dialog.ts';
import { ANSWER, DialogPair, NOTHING, OFFER, OTHER, type PairOptions } from './dialog-pair.fixture.ts';

const HOUR_MS = 3_600_000;
const WITHOUT_UPDATE = 'INVITE, ACK, BYE';

/** Both sides run the timer, one of them refreshes. */
function timed(refresher: 'alice' | 'bob', options: PairOptions = {}, intervalS = 1800): DialogPair {
  const pair = new DialogPair(options);
  const terms = { intervalS, minS: 90 };
  pair.a.startSessionTimer({ ...terms, refresher: refresher === 'alice' ? 'us' : 'them' });
  pair.b.startSessionTimer({ ...terms, refresher: refresher === 'bob' ? 'us' : 'them' });
  pair.alice.listener.change = change => change.accept(OFFER);
  pair.bob.listener.change = change => change.accept(ANSWER);
  return pair;
}

/** That side answers every request of that method with that status. */
function refuses(dialog: Dialog, method: string, status: number): void {
  const { handleRequest } = dialog;
  dialog.handleRequest = (transaction, request, arrival) => {
    if (request.method === method) transaction.respond(createResponse(request, status));
    else handleRequest.call(dialog, transaction, request, arrival);
  };
}

async function ended(pair: DialogPair): Promise<void> {
  void pair.a.bye();
  assert.equal(await pair.left(), NOTHING);
}

for (const refresher of ['alice', 'bob'] as const) {
  for (const method of ['UPDATE', 'INVITE'] as const) {
    test(`a call stands for a day, ${refresher} refreshing by ${method} at half of the interval`, async () => {
      const pair = timed(refresher, method === 'INVITE' ? { allow: WITHOUT_UPDATE } : {});
      const there = refresher === 'alice' ? pair.bob : pair.alice;
      // What a 2xx of ours allows is more than that far end takes.
      if (method === 'INVITE') refuses(refresher === 'alice' ? pair.b : pair.a, 'UPDATE', 405);
      pair.advance(901_000);
      const [first] = there.heardRequests(method);
      assert.is(first?.headers.get('Session-Expires'), '1800;refresher=uac');
      assert.is(first?.headers.get('Min-SE'), '90');
      assert.ok(first?.headers.getAll('Supported').includes('timer'));
      // A re-INVITE repeats the last description, an UPDATE has none: neither changes anything.
      const ours = refresher === 'alice' ? OFFER : ANSWER;
      assert.is(first?.body.toString(), method === 'INVITE' ? ours.toString() : '');
      pair.advance(24 * HOUR_MS);
      assert.is(there.heardRequests(method).length, 97);
      assert.equal([...pair.alice.ends, ...pair.bob.ends], []);
      await ended(pair);
    });
  }
}

test('the 2xx to a refresh keeps the parts as they were, and requires the timer', async () => {
  const pair = timed('bob');
  pair.advance(901_000);
  const [ok] = pair.bob.heardResponses('UPDATE');
  assert.is(ok?.headers.get('Session-Expires'), '1800;refresher=uac');
  assert.is(ok?.headers.get('Require'), 'timer');
  assert.ok(ok?.headers.has('Contact'));
  await ended(pair);
});

test('a watcher that hears no refresh ends the call a little before the interval is over', async () => {
  const pair = timed('alice');
  pair.loses = (_, from) => from === pair.alice;
  // 1800 − min(32, 600) seconds.
  pair.advance(1_767_900);
  assert.equal(pair.bob.ends, []);
  pair.advance(200);
  assert.equal(
    pair.bob.ends.map(({ by }) => by),
    ['session-timer'],
  );
  assert.equal(await pair.left(), NOTHING);
});

test('the refresher ends the call when the far end is gone: silence, 481, 408', async () => {
  for (const method of ['UPDATE', 'INVITE']) {
    const pair = timed('alice', method === 'INVITE' ? { allow: WITHOUT_UPDATE } : {});
    pair.loses = (_, from) => from === pair.bob;
    pair.advance(900_000 + 32_100);
    assert.equal(
      pair.alice.ends.map(({ by }) => by),
      ['session-timer'],
    );
    assert.equal(await pair.left(), NOTHING);

    const gone = timed('alice', method === 'INVITE' ? { allow: WITHOUT_UPDATE } : {});
    gone.b.close();
    gone.advance(901_000);
    assert.is(gone.alice.ends[0]?.by, 'session-timer');
    assert.equal(await gone.left(), NOTHING);
  }
});

test('where UPDATE is refused a re-INVITE refreshes, and UPDATE is not tried again when it is never taken', async () => {
  for (const [status, updates] of [
    [405, 1],
    [501, 1],
    [491, 4],
    [500, 4],
  ] as const) {
    const pair = timed('alice');
    refuses(pair.b, 'UPDATE', status);
    pair.advance(HOUR_MS + 1000);
    assert.is(pair.bob.heardRequests('UPDATE').length, updates, String(status));
    assert.is(pair.bob.heardRequests('INVITE').length, 4);
    assert.equal(pair.alice.ends, []);
    await ended(pair);
  }
});

test('a refresh that is refused both ways is tried again until the time is up', async () => {
  const pair = timed('alice', {}, 900);
  refuses(pair.b, 'UPDATE', 500);
  pair.bob.listener.change = change => change.reject(488);
  pair.advance(500_000);
  const before = pair.bob.heardRequests('UPDATE').length;
  pair.bob.listener.change = change => change.accept(ANSWER);
  pair.advance(100_000);
  assert.ok(pair.bob.heardRequests('UPDATE').length > before);
  assert.is(pair.alice.statuses('INVITE').at(-1), 200);
  pair.advance(HOUR_MS);
  assert.equal(pair.alice.ends, []);

  pair.bob.listener.change = change => change.reject(488);
  pair.advance(HOUR_MS);
  // The watcher stops waiting a little before the refresher gives up.
  assert.equal(
    [...pair.bob.ends, ...pair.alice.ends].map(({ by }) => by),
    ['session-timer', 'remote'],
  );
  assert.equal(await pair.left(), NOTHING);
});

test('a refresher whose far end knows no timer ends the call when the interval is over and nothing was taken', async () => {
  const pair = new DialogPair();
  pair.a.startSessionTimer({ intervalS: 900, minS: 90, refresher: 'us' });
  refuses(pair.b, 'UPDATE', 500);
  pair.bob.listener.change = change => change.reject(488);
  pair.advance(899_000);
  assert.equal(pair.alice.ends, []);
  pair.advance(2_000);
  assert.is(pair.alice.ends[0]?.by, 'session-timer');
  assert.equal(await pair.left(), NOTHING);
});

test('422 raises the interval and asks again at once', async () => {
  const pair = timed('alice');
  const { handleRequest } = pair.b;
  pair.b.handleRequest = (transaction, request, arrival) => {
    if (request.headers.get('Min-SE') === '90') {
      transaction.respond(createResponse(request, 422, { headers: [['Min-SE', '3600']] }));
    } else handleRequest.call(pair.b, transaction, request, arrival);
  };
  pair.advance(901_000);
  const [, second] = pair.bob.heardRequests('UPDATE');
  assert.is(second?.headers.get('Session-Expires'), '3600;refresher=uac');
  assert.is(second?.headers.get('Min-SE'), '3600');
  pair.advance(4 * HOUR_MS);
  assert.equal(pair.alice.ends, []);
  await ended(pair);
});

test('a far end that wants one second more each time is asked five times, then by re-INVITE', async () => {
  const pair = timed('alice');
  const { handleRequest } = pair.b;
  pair.b.handleRequest = (transaction, request, arrival) => {
    if (request.method !== 'UPDATE') return handleRequest.call(pair.b, transaction, request, arrival);
    const more = String(Number(request.headers.get('Session-Expires')?.split(';')[0]) + 1);
    transaction.respond(createResponse(request, 422, { headers: [['Min-SE', more]] }));
  };
  pair.advance(901_000);
  assert.is(pair.bob.heardRequests('UPDATE').length, 5);
  assert.is(pair.bob.heardRequests('INVITE').length, 1);
  assert.equal(pair.alice.ends, []);
  await ended(pair);
});

test('we refuse a refresh below our least interval', async () => {
  const pair = timed('bob');
  pair.a.startSessionTimer({ intervalS: 1800, minS: 300, refresher: 'them' });
  const headers: [string, string][] = [
    ['Session-Expires', '120;refresher=uac'],
    ['Min-SE', '90'],
  ];
  const answer = pair.b.request('UPDATE', { headers });
  await pair.settle();
  assert.is((await answer).status, 422);
  assert.is((await answer).headers.get('Min-SE'), '300');
  await ended(pair);
});

test('every re-INVITE that goes through begins the interval anew', async () => {
  const pair = timed('alice');
  pair.advance(800_000);
  const changed = pair.a.change(OTHER);
  await pair.settle();
  assert.is((await changed).kind, 'accepted');
  assert.is(pair.bob.heardRequests('INVITE')[0]?.headers.get('Session-Expires'), '1800;refresher=uac');
  pair.advance(800_000);
  assert.equal(pair.bob.heardRequests('UPDATE'), []);
  pair.advance(110_000);
  assert.is(pair.bob.heardRequests('UPDATE').length, 1);
  await ended(pair);
});

test('a re-INVITE may take over the part of the refresher, or bring a timer to a call that had none', async () => {
  const pair = timed('alice');
  pair.advance(100_000);
  void pair.b.request('UPDATE', { headers: [['Session-Expires', '600;refresher=uac']] });
  pair.advance(100);
  // Bob asked for it by hand, so his own timer knows only what the 2xx said.
  assert.is(pair.bob.heardResponses('UPDATE')[0]?.headers.get('Session-Expires'), '600;refresher=uac');
  pair.advance(301_000);
  assert.is(pair.alice.heardRequests('UPDATE').length, 2);
  assert.equal(pair.bob.heardRequests('UPDATE'), []);
  await ended(pair);

  const without = new DialogPair();
  void without.b.request('UPDATE', { headers: [['Session-Expires', '600;refresher=uas']] });
  without.advance(301_000);
  assert.is(without.bob.heardRequests('UPDATE').length, 1);
  await ended(without);
});

test('a far end that forgets the timer in its 2xx is refreshed by us all the same', async () => {
  const pair = new DialogPair();
  pair.a.startSessionTimer({ intervalS: 1800, minS: 90, refresher: 'them' });
  pair.bob.listener.change = change => change.accept(ANSWER);
  // The far end's part, until a change of ours goes through and its 2xx says nothing of a timer.
  pair.b.handleInvite = (transaction, request) =>
    transaction.respond(createResponse(request, 200, { body: ANSWER, toTag: 'bob' }));
  void pair.a.change(OTHER);
  pair.b.handleRequest = (transaction, request) => transaction.respond(createResponse(request, 200));
  pair.advance(6 * HOUR_MS);
  assert.ok(pair.bob.heardRequests('UPDATE').length >= 23);
  assert.is(pair.alice.ends.length, 0);
  pair.b.close();
  await ended(pair);
});

test('after the call no timer is left', async () => {
  const pair = timed('alice');
  await ended(pair);
  pair.a.startSessionTimer({ intervalS: 90, minS: 90, refresher: 'us' });
  assert.is(pair.clock.pendingTimers, 0);
});

test.run();
