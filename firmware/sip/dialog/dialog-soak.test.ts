import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChangeOutcome } from './dialog-listener.ts';
import { DialogPair, NOTHING, OFFER, OTHER } from './dialog-pair.fixture.ts';

const EMPTY = Buffer.alloc(0);

/** Mulberry32: the same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Tally {
  accepted: number;
  refused: number;
  ends: number;
}

/** Both sides change the session, ask for offers, send digits and refresh, over a wire that loses every fifth message. */
async function soak(seed: number, loss: number): Promise<Tally> {
  const random = seeded(seed);
  const pair = new DialogPair();
  pair.loses = () => random() < loss;
  const outcomes: Promise<ChangeOutcome>[] = [];
  for (const side of [pair.alice, pair.bob]) {
    for (let n = 0; n < 200; n++) side.lots.push(random());
    side.listener.change = change => {
      const answer = () => (random() < 0.2 ? change.reject(488) : change.accept(OTHER));
      if (random() < 0.5) answer();
      else pair.clock.after(1000 * random(), answer);
    };
    side.listener.request = request => request.respond(200);
  }
  for (const [dialog, refresher] of [
    [pair.a, 'us'],
    [pair.b, 'them'],
  ] as const) {
    dialog.startSessionTimer({ intervalS: 90, minS: 90, refresher });
  }
  for (let step = 0; step < 20; step++) {
    const dialog = random() < 0.5 ? pair.a : pair.b;
    const chance = random();
    if (chance < 0.4) outcomes.push(dialog.change(OFFER));
    else if (chance < 0.6) outcomes.push(dialog.change(OTHER, { method: 'UPDATE' }));
    else if (chance < 0.8) outcomes.push(answered(dialog.change(EMPTY)));
    else void dialog.request('INFO', { body: Buffer.from('Signal=1') });
    await pair.settle(2000 * random(), 4);
  }
  await pair.settle(200_000, 400);
  const ends = pair.alice.ends.length + pair.bob.ends.length;
  void pair.b.bye();
  assert.equal(await pair.left(), NOTHING, `seed ${seed}`);
  const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind);
  return { accepted: kinds.filter(kind => kind === 'accepted').length, refused: kinds.length, ends };
}

async function answered(change: Promise<ChangeOutcome>): Promise<ChangeOutcome> {
  const outcome = await change;
  if (outcome.kind === 'accepted') outcome.acknowledge?.(OFFER);
  return outcome;
}

test('whatever two sides do to a session at once, over a wire without loss no call ends and nothing is left', async () => {
  let accepted = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const tally = await soak(seed, 0);
    assert.is(tally.ends, 0, `seed ${seed}`);
    accepted += tally.accepted;
  }
  assert.ok(accepted > 100, `${accepted} changes went through`);
});

test('with every fifth message lost the changes still get an outcome, and nothing is left', async () => {
  let accepted = 0;
  let ends = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const tally = await soak(seed, 0.2);
    accepted += tally.accepted;
    ends += tally.ends > 0 ? 1 : 0;
  }
  assert.ok(accepted > 80, `${accepted} changes went through`);
  // An INVITE has seven sendings to get through: hardly any call may be lost for it.
  assert.ok(ends <= 1, `${ends} of 20 calls ended`);
});

test.run();
