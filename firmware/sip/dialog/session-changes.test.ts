import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChangeOutcome } from './dialog-listener.ts';
import { ANSWER, answering, DialogPair, ended, NOTHING, OFFER, OTHER, settled } from './dialog-pair.fixture.ts';

type Accepted = Extract<ChangeOutcome, { kind: 'accepted' }>;

for (const [name, from, to] of [
  ['the caller', 'a', 'b'],
  ['the callee', 'b', 'a'],
] as const) {
  test(`${name} changes the session by re-INVITE`, async () => {
    const pair = new DialogPair();
    const there = to === 'b' ? pair.bob : pair.alice;
    answering(there, OTHER);
    const changed = await settled(pair, pair[from].change(OFFER, { headers: [['X-Why', 'hold']] }));
    assert.is(changed.kind, 'accepted');
    assert.is((changed as Accepted).body.toString(), OTHER.toString());
    const [invite] = there.heardRequests('INVITE');
    assert.is(invite?.body.toString(), OFFER.toString());
    assert.is(invite?.headers.get('X-Why'), 'hold');
    assert.ok(invite?.headers.has('Contact'));
    assert.not.ok(invite?.headers.getAll('Supported').includes('100rel'));
    assert.is(there.heardRequests('ACK').length, 1);
    assert.is(pair[from].description.ours.toString(), OFFER.toString());
    assert.is(pair[to].description.ours.toString(), OTHER.toString());
    await ended(pair);
  });
}

test('a refused change leaves session and dialog as they were', async () => {
  const pair = new DialogPair();
  pair.bob.listener.change = change => change.reject(488, 'Not Here', [['Warning', '304 x "no"']]);
  const refused = await settled(pair, pair.a.change(OTHER));
  assert.is(refused.kind === 'refused' && refused.status, 488);
  assert.is(refused.kind === 'refused' && refused.reason, 'Not Here');
  assert.is(pair.a.description.ours.toString(), OFFER.toString());
  assert.not(pair.a.closed);
  delete pair.bob.listener.change;
  const nobody = await settled(pair, pair.a.change(OTHER));
  assert.is(nobody.kind === 'refused' && nobody.status, 488);
  await ended(pair);
});

test('changes of one side go out one after the other', async () => {
  const pair = new DialogPair();
  pair.bob.listener.change = change => void pair.bob.changes.push(change);
  const first = pair.a.change(OFFER);
  const second = pair.a.change(OTHER);
  await pair.settle();
  assert.is(pair.bob.changes.length, 1);
  pair.bob.changes[0]?.accept(ANSWER);
  assert.is((await settled(pair, first)).kind, 'accepted');
  assert.is(pair.bob.changes.length, 2);
  pair.bob.changes[1]?.accept(ANSWER);
  assert.is((await settled(pair, second)).kind, 'accepted');
  await ended(pair);
});

test('more changes than anybody means are refused, not kept', async () => {
  const pair = new DialogPair();
  const all = Array.from({ length: 12 }, () => pair.a.change(OFFER));
  await pair.settle(10);
  void pair.a.bye();
  const outcomes = await Promise.all(all);
  assert.ok(outcomes.every(each => each.kind === 'refused'));
  assert.equal(await pair.left(), NOTHING);
});

test('when both change at once each answers 491, and the callee, who does not own the Call-ID, comes first (§14.1)', async () => {
  const pair = new DialogPair();
  answering(pair.alice, OFFER);
  answering(pair.bob, ANSWER);
  pair.alice.lots.push(1 - Number.EPSILON);
  pair.bob.lots.push(0.5);
  const ours = pair.a.change(OFFER);
  const theirs = pair.b.change(ANSWER);
  await pair.settle(20);
  assert.equal(pair.alice.statuses('INVITE'), [491]);
  assert.equal(pair.bob.statuses('INVITE'), [491]);
  await pair.settle(2000, 20);
  assert.equal(pair.bob.statuses('INVITE'), [491, 200]);
  assert.equal(pair.alice.statuses('INVITE'), [491]);
  await pair.settle(2000, 20);
  assert.equal(pair.alice.statuses('INVITE'), [491, 200]);
  assert.is((await settled(pair, ours)).kind, 'accepted');
  assert.is((await settled(pair, theirs)).kind, 'accepted');
  await ended(pair);
});

test('the one who owns the Call-ID waits 2.1 to 4 s, the other at most 2 s', async () => {
  for (const [dialog, side, lot, soonest] of [
    ['a', 'bob', 0, 2100],
    ['a', 'bob', 1 - Number.EPSILON, 4000],
    ['b', 'alice', 0, 0],
    ['b', 'alice', 1 - Number.EPSILON, 2000],
  ] as const) {
    const pair = new DialogPair();
    const there = pair[side];
    let offered = 0;
    there.listener.change = change => (offered++ === 0 ? change.reject(491) : change.accept(ANSWER));
    pair[dialog === 'a' ? 'alice' : 'bob'].lots.push(lot);
    const changed = pair[dialog].change(OFFER);
    // There and back takes 2 ms, the next one 1 ms to get there.
    pair.advance(soonest + 2);
    assert.is(offered, 1, `${dialog} ${lot}`);
    pair.advance(1);
    assert.is(offered, 2, `${dialog} ${lot}`);
    assert.is((await settled(pair, changed)).kind, 'accepted');
    await ended(pair);
  }
});

test('a far end that collides for ever is given up', async () => {
  const pair = new DialogPair();
  pair.bob.listener.change = change => change.reject(491);
  const refused = await settled(pair, pair.a.change(OFFER), 60_000);
  assert.is(refused.kind === 'refused' && refused.status, 491);
  assert.is(pair.bob.heardRequests('INVITE').length, 6);
  await ended(pair);
});

test('a second offer while the first is unanswered gets 500 with Retry-After, and our own is repeated after one', async () => {
  const pair = new DialogPair();
  pair.alice.lots.push(0.3);
  const first = pair.b.change(ANSWER);
  await pair.settle();
  // Bob's own queue would keep the second back: another program would not.
  const second = pair.b.request('UPDATE', { body: OTHER });
  await pair.settle();
  const [busy] = pair.bob.heardResponses('UPDATE');
  assert.is(busy?.status, 500);
  assert.is(busy?.headers.get('Retry-After'), '3');
  pair.alice.changes[0]?.accept(OFFER);
  await settled(pair, first);
  assert.is((await second).status, 500);

  let offered = 0;
  pair.alice.listener.change = change =>
    offered++ === 0 ? change.reject(500, undefined, [['Retry-After', '7 (busy)']]) : change.accept(OFFER);
  const third = pair.b.change(ANSWER);
  await pair.settle(6000);
  assert.is(offered, 1);
  await pair.settle(1100);
  assert.is(offered, 2);
  assert.is((await settled(pair, third)).kind, 'accepted');
  await ended(pair);
});

test('an offerless re-INVITE brings their offer, and the ACK our answer', async () => {
  const pair = new DialogPair();
  let answered = '';
  pair.bob.listener.change = change => {
    assert.is(change.body.length, 0);
    change.answered = body => {
      answered = body.toString();
    };
    change.accept(OTHER);
  };
  const changed = (await settled(pair, pair.a.change(Buffer.alloc(0)))) as Accepted;
  assert.is(changed.body.toString(), OTHER.toString());
  assert.equal(pair.bob.heardRequests('ACK'), []);
  // Their offer waits for us: nobody may begin another.
  assert.is(pair.a.offers.outstanding, 'theirs');
  changed.acknowledge?.(OFFER);
  changed.acknowledge?.(OFFER);
  await pair.settle();
  assert.is(pair.bob.heardRequests('ACK').length, 1);
  assert.is(answered, OFFER.toString());
  assert.is(pair.a.offers.outstanding, null);
  assert.is(pair.b.offers.outstanding, null);
  await ended(pair);
});

test('while an offerless re-INVITE waits for our offer, an offer by UPDATE has to wait too', async () => {
  const pair = new DialogPair();
  const invite = pair.a.change(Buffer.alloc(0));
  await pair.settle();
  const update = pair.a.request('UPDATE', { body: OTHER });
  const ours = pair.b.change(OTHER, { method: 'UPDATE' });
  await pair.settle();
  assert.is((await update).status, 500);
  assert.equal(pair.alice.heardRequests('UPDATE'), []);
  answering(pair.alice, OFFER);
  pair.bob.changes[0]?.accept(ANSWER);
  const changed = (await settled(pair, invite)) as Accepted;
  changed.acknowledge?.(OFFER);
  assert.is((await settled(pair, ours)).kind, 'accepted');
  assert.is(pair.alice.heardRequests('UPDATE').length, 1);
  await ended(pair);
});

test('an offerless re-INVITE that is never acknowledged ends the dialog on both sides', async () => {
  const pair = new DialogPair();
  pair.bob.listener.change = change => change.accept(OTHER);
  await settled(pair, pair.a.change(Buffer.alloc(0)));
  await pair.settle(33_000, 33);
  assert.is(pair.bob.ends.length + pair.alice.ends.length, 2);
  assert.ok(pair.bob.ends[0]?.by === 'ack-timeout' || pair.alice.ends[0]?.by === 'failed');
  assert.equal(await pair.left(), NOTHING);
});

test('an ACK without the answer that it owes is told', async () => {
  const pair = new DialogPair();
  let failed = 0;
  pair.bob.listener.change = change => {
    change.failed = () => {
      failed += 1;
    };
    change.accept(OTHER);
  };
  const changed = (await settled(pair, pair.a.change(Buffer.alloc(0)))) as Accepted;
  changed.acknowledge?.(Buffer.alloc(0));
  await pair.settle();
  assert.is(failed, 1);
  await ended(pair);
});

test('an UPDATE waits for the first offer of the INVITE to be answered, and theirs meets 491 or 500', async () => {
  const pair = new DialogPair({ early: true });
  answering(pair.bob, ANSWER);
  pair.a.offers.outstanding = 'ours';
  pair.b.offers.outstanding = 'theirs';
  const ours = pair.a.change(OFFER);
  await pair.settle();
  assert.equal(pair.bob.heardRequests('UPDATE'), []);
  const early = pair.a.request('UPDATE', { body: OFFER });
  const crossing = pair.b.request('UPDATE', { body: OFFER });
  await pair.settle();
  assert.is((await early).status, 500);
  assert.is((await crossing).status, 491);
  pair.b.offers.outstanding = null;
  pair.a.offers.outstanding = null;
  assert.is((await settled(pair, ours)).kind, 'accepted');
  pair.a.close();
  pair.b.close();
  assert.equal(await pair.left(), NOTHING);
});

test('an UPDATE that its owner leaves unanswered is refused before its sender gives up', async () => {
  const pair = new DialogPair();
  const changed = pair.a.change(OFFER, { method: 'UPDATE' });
  const refused = await settled(pair, changed, 16_100);
  assert.is(refused.kind === 'refused' && refused.status, 504);
  await ended(pair);
});

test('a Contact in an accepted re-INVITE, UPDATE or 2xx moves the target; a refused one does not', async () => {
  const pair = new DialogPair({ contact: { alice: '<sip:alice@192.0.2.77:5060>' } });
  assert.is(await lastHop(pair), '192.0.2.77');
  pair.bob.listener.change = change => change.reject(488);
  await settled(pair, pair.a.change(OFFER));
  assert.is(await lastHop(pair), '192.0.2.77');
  answering(pair.bob, ANSWER);
  await settled(pair, pair.a.change(OFFER));
  assert.is(await lastHop(pair), '192.0.2.1');
  await ended(pair);
});

async function lastHop(pair: DialogPair): Promise<string | undefined> {
  void pair.b.request('OPTIONS');
  await pair.settle();
  return pair.bob.hops.at(-1)?.address;
}

test('an owner that throws is answered for with 500', async () => {
  const pair = new DialogPair();
  pair.bob.listener.change = () => {
    throw new Error('a bug');
  };
  const refused = await settled(pair, pair.a.change(OFFER));
  assert.is(refused.kind === 'refused' && refused.status, 500);
  await ended(pair);
});

test('headers that cannot be written are refused, and nothing is sent', async () => {
  const pair = new DialogPair();
  await pair.a.change(OFFER, { headers: [['X', 'a\r\nb']] }).then(
    () => assert.unreachable(),
    error => assert.is(error.code, 'sip.line-break'),
  );
  pair.bob.listener.change = change => {
    assert.throws(() => change.accept(ANSWER, [['X Y', '1']]));
    change.accept(ANSWER);
  };
  assert.is((await settled(pair, pair.a.change(OFFER))).kind, 'accepted');
  await ended(pair);
});

test.run();
