import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ANSWER,
  answering,
  DialogPair,
  ended,
  isFinal,
  isRequest,
  NOTHING,
  OFFER,
  OTHER,
  settled,
} from './dialog-pair.fixture.ts';

test('a lost ACK is repeated with each 2xx; one that never comes ends the dialog', async () => {
  const pair = new DialogPair();
  answering(pair.bob, ANSWER);
  let lost = 0;
  pair.loses = message => isRequest(message, 'ACK') && ++lost <= 2;
  assert.is((await settled(pair, pair.a.change(OFFER), 5000)).kind, 'accepted');
  assert.is(lost, 3);
  assert.equal(pair.alice.statuses('INVITE'), [200, 200, 200]);

  pair.loses = message => isRequest(message, 'ACK');
  await settled(pair, pair.a.change(OFFER), 100);
  await pair.settle(33_000, 33);
  assert.equal(
    pair.bob.ends.map(({ by }) => by),
    ['ack-timeout'],
  );
  assert.equal(
    pair.alice.ends.map(({ by }) => by),
    ['remote'],
  );
  assert.equal(await pair.left(), NOTHING);
});

test('a re-INVITE of theirs proves that the 2xx before it arrived, though the ACK was lost', async () => {
  const pair = new DialogPair();
  answering(pair.bob, ANSWER);
  pair.loses = message => isRequest(message, 'ACK');
  await settled(pair, pair.a.change(OFFER), 20);
  pair.loses = () => false;
  assert.is((await settled(pair, pair.a.change(OTHER))).kind, 'accepted');
  await pair.settle(40_000, 40);
  assert.equal(pair.bob.ends, []);
  await ended(pair);
});

test('a re-INVITE that only rings is cancelled after 64·T1: 487, and the session stays', async () => {
  const pair = new DialogPair();
  let failed = 0;
  pair.bob.listener.change = change => {
    change.failed = () => {
      failed += 1;
    };
    pair.bob.changes.push(change);
  };
  const changed = pair.a.change(OFFER);
  await pair.settle(32_100);
  assert.equal(pair.alice.statuses('INVITE'), [100]);
  const refused = await settled(pair, changed, 200);
  assert.is(refused.kind === 'refused' && refused.status, 487);
  assert.is(pair.bob.heardRequests('CANCEL').length, 1);
  assert.is(failed, 1);
  pair.bob.changes[0]?.accept(OTHER);
  assert.is(pair.b.description.ours.toString(), ANSWER.toString());
  assert.not(pair.a.closed || pair.b.closed);
  await ended(pair);
});

test('a re-INVITE whose final response never comes ends the dialog', async () => {
  const pair = new DialogPair();
  pair.loses = message => isFinal(message, 'INVITE');
  const refused = await settled(pair, pair.a.change(OFFER), 65_000);
  assert.is(refused.kind === 'refused' && refused.reason, 'no final response');
  assert.is(pair.alice.ends[0]?.by, 'failed');
  assert.equal(await pair.left(), NOTHING);
});

test('a re-INVITE that its owner leaves unanswered is refused after 128·T1', async () => {
  const pair = new DialogPair();
  pair.loses = message => isRequest(message, 'CANCEL');
  void pair.a.change(OFFER);
  await pair.settle(64_100);
  assert.is(pair.alice.statuses('INVITE').at(-1), 504);
  assert.is(pair.b.offers.outstanding, null);
  await ended(pair);
});

test('a re-INVITE without any response ends the dialog after Timer B', async () => {
  const pair = new DialogPair();
  pair.loses = message => isRequest(message, 'INVITE');
  const refused = await settled(pair, pair.a.change(OFFER), 32_100);
  assert.is(refused.kind === 'refused' && refused.reason, 'no response (Timer B)');
  assert.equal(
    pair.alice.ends.map(({ by }) => by),
    ['failed'],
  );
  assert.equal(
    pair.bob.ends.map(({ by }) => by),
    ['remote'],
  );
  assert.equal(await pair.left(), NOTHING);
});

test('481 to a re-INVITE ends the dialog (§12.2.1.2)', async () => {
  const pair = new DialogPair();
  pair.b.close();
  const refused = await settled(pair, pair.a.change(OFFER));
  assert.is(refused.kind === 'refused' && refused.status, 481);
  assert.is(pair.alice.ends[0]?.by, 'failed');
  assert.equal(await pair.left(), NOTHING);
});

test('a BYE while a re-INVITE waits: 487 for it, and its owner hears', async () => {
  const pair = new DialogPair();
  const changed = pair.a.change(OFFER);
  await pair.settle();
  let failed = 0;
  pair.bob.changes[0]!.failed = () => {
    failed += 1;
  };
  void pair.b.bye();
  await pair.settle();
  assert.is(failed, 1);
  assert.equal(pair.alice.statuses('INVITE'), [487]);
  assert.is((await settled(pair, changed)).kind, 'refused');
  assert.is(pair.alice.ends[0]?.by, 'remote');
  assert.equal(await pair.left(), NOTHING);
});

test('a 2xx that crosses our BYE is still acknowledged', async () => {
  const pair = new DialogPair();
  answering(pair.bob, ANSWER);
  const changed = pair.a.change(Buffer.alloc(0));
  pair.advance(1);
  void pair.a.bye();
  assert.is((await settled(pair, changed)).kind, 'refused');
  assert.is(pair.bob.heardRequests('ACK').length, 1);
  assert.equal(await pair.left(), NOTHING);
});

for (const [from, to] of [
  ['a', 'bob'],
  ['b', 'alice'],
] as const) {
  test(`in an early dialog the session is changed by UPDATE (${from})`, async () => {
    const pair = new DialogPair({ early: true });
    answering(pair[to], OTHER);
    const changed = await settled(pair, pair[from].change(OFFER));
    assert.is(changed.kind === 'accepted' && changed.body.toString(), OTHER.toString());
    assert.is(pair[to].heardRequests('UPDATE').length, 1);
    assert.equal(pair[to].heardRequests('INVITE'), []);
    const invite = await settled(pair, pair[from].change(OFFER, { method: 'INVITE' }));
    assert.is(invite.kind, 'refused');
    pair.a.close();
    pair.b.close();
    assert.equal(await pair.left(), NOTHING);
  });
}

test.run();
