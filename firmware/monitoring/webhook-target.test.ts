import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { OutboxRow } from '../store/rows.ts';
import type { PostResult } from './http-post.ts';
import { WebhookTarget } from './webhook-target.ts';

const ok: PostResult = { ok: true };
const bad: PostResult = { ok: false, reason: 'answered 500' };

/** An outbox in memory and a far end that answers as told; time moves by hand. */
class Scene {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly reports: (string | null)[] = [];
  readonly buried: (string | undefined)[][] = [];
  rows: OutboxRow[] = [];
  answer: (row: OutboxRow) => PostResult | Promise<PostResult> = () => ok;
  inFlight = 0;
  mostInFlight = 0;
  #next = 1;

  readonly target = new WebhookTarget({
    name: 't',
    store: {
      outbox: async (_target, after, limit, key = null) =>
        this.rows.filter(row => row.row > after && (key === null || row.key === key)).slice(0, limit),
      settle: async (_target, rows) => {
        this.rows = this.rows.filter(({ row }) => !rows.includes(row));
      },
      bury: async (_target, row, reason) => {
        this.buried.push([this.rows.find(each => each.row === row)?.body, reason]);
        this.rows = this.rows.filter(each => each.row !== row);
      },
    },
    post: async row => {
      this.inFlight += 1;
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      const result = await this.answer(row);
      this.inFlight -= 1;
      if (result.ok) this.told.push(row.body);
      return result;
    },
    clock: this.clock,
    random: () => 0,
    failing: reason => void this.reports.push(reason),
  });

  add(...names: string[]): void {
    for (const name of names) {
      const key = name.replace(/\d+$/, '');
      const row = this.#next++;
      this.rows.push({ row, id: `e${row}` as EventId, key, recordedAt: this.clock.now(), body: name });
    }
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    this.target.wake();
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }
}

const names = (key: string, count: number) => Array.from({ length: count }, (_, index) => `${key}${index + 1}`);

test('each key keeps its order, and no more than eight are in flight', async () => {
  const scene = new Scene();
  const keys = Array.from({ length: 20 }, (_, index) => `k${String.fromCharCode(97 + index)}`);
  for (let n = 1; n <= 30; n++) scene.add(...keys.map(key => `${key}${n}`));
  scene.answer = async () => {
    await new Promise(setImmediate);
    return ok;
  };
  while (scene.rows.length > 0) await scene.settle();
  for (const key of keys) {
    assert.equal(
      scene.told.filter(name => name.replace(/\d+$/, '') === key),
      names(key, 30),
    );
  }
  assert.is(scene.mostInFlight, 8);
  assert.is(scene.clock.pendingTimers, 0);
  assert.equal(scene.target.figures, { delivered: 600, failed: 0, givenUp: 0 });
});

test('a key that fails waits alone, with growing pauses', async () => {
  const scene = new Scene();
  let tries = 0;
  scene.answer = row => {
    if (row.key !== 'sick') return ok;
    tries += 1;
    return bad;
  };
  scene.add('sick1', 'sick2');
  await scene.settle();
  assert.is(tries, 1);
  const waits: number[] = [];
  for (let fails = 1; fails < 11; fails++) {
    // A healthy neighbour in between: the target itself is not down.
    scene.add(`well${fails}`);
    await scene.settle();
    const before = tries;
    let waited = 0;
    while (tries === before) {
      await scene.advance(500);
      waited += 500;
    }
    waits.push(waited);
  }
  assert.equal(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000]);
  assert.equal(scene.told, names('well', 10));
  scene.answer = () => ok;
  await scene.advance(300_000);
  assert.equal(scene.told.slice(10), ['sick1', 'sick2']);
  assert.equal(scene.reports, []);
});

test('a target that is down is asked one event at a time, and takes all at once when it is back', async () => {
  const scene = new Scene();
  for (let n = 1; n <= 5; n++)
    scene.add(...Array.from({ length: 40 }, (_, i) => `k${String.fromCharCode(65 + i)}${n}`));
  let tries = 0;
  scene.answer = () => {
    tries += 1;
    return bad;
  };
  await scene.settle();
  assert.equal(scene.reports, ['answered 500']);
  for (let i = 0; i < 10; i++) {
    const before = tries;
    await scene.advance(300_000);
    assert.is(tries, before + 1);
  }
  scene.answer = () => ok;
  await scene.advance(300_000);
  assert.is(scene.told.length, 200);
  assert.is(scene.rows.length, 0);
  assert.equal(scene.reports, ['answered 500', null]);
  assert.is(scene.clock.pendingTimers, 0);
});

test('a key with more events than memory is given to it loses none and keeps their order', async () => {
  const scene = new Scene();
  let open = () => undefined as unknown;
  const gate = new Promise(resolve => {
    open = () => resolve(null);
  });
  scene.answer = async row => {
    if (row.body === 'a1') await gate;
    return ok;
  };
  scene.add(...names('a', 150), ...names('b', 150));
  await scene.settle();
  assert.equal(scene.told, names('b', 150));
  open();
  scene.add('a151');
  await scene.settle();
  await scene.settle();
  assert.equal(scene.told.slice(150), names('a', 151));
  assert.is(scene.rows.length, 0);
});

test('a target that refuses thousands of calls holds a bounded number of them', async () => {
  const scene = new Scene();
  for (let i = 0; i < 5000; i++) scene.add(`k${i}x1`);
  scene.rows = scene.rows.map(row => ({ ...row, key: row.body }));
  let seen = 0;
  scene.answer = row => {
    seen = Math.max(seen, row.row);
    // Every third passes, so that the target never counts as down.
    return row.row % 3 === 0 ? ok : bad;
  };
  for (let i = 0; i < 20; i++) await scene.settle();
  assert.ok(seen < 1800, `read on to ${seen}`);
  assert.ok(scene.clock.pendingTimers <= 1000);
  scene.target.close();
  assert.is(scene.clock.pendingTimers, 0);
});

test('an event that failed for a day is given up, kept aside and counted, and the next one is told', async () => {
  const scene = new Scene();
  scene.answer = row => (row.body === 'a1' ? bad : ok);
  scene.add('a1', 'a2');
  await scene.settle();
  for (let hour = 0; hour < 25; hour++) {
    for (let i = 0; i < 12; i++) await scene.advance(5 * 60_000);
  }
  assert.equal(scene.told, ['a2']);
  assert.is(scene.target.figures.givenUp, 1);
  assert.equal(scene.buried, [['a1', 'answered 500']]);
  assert.is(scene.rows.length, 0);
});

test('an event that is refused for good is given up at once, and says of the target that it is there', async () => {
  const scene = new Scene();
  scene.answer = row => (row.key === 'gone' ? { ok: false, reason: 'answered 410', final: true } : bad);
  scene.add('a1', 'b1', 'gone1', 'gone2', 'c1');
  await scene.settle();
  assert.equal(scene.buried, [
    ['gone1', 'answered 410'],
    ['gone2', 'answered 410'],
  ]);
  assert.is(scene.target.standing.state, 'up');
  assert.is(scene.target.figures.givenUp, 2);
});

test('a store that cannot be read is asked again', async () => {
  const scene = new Scene();
  let broken = true;
  const target = new WebhookTarget({
    name: 't',
    store: {
      outbox: async () => {
        if (broken) throw new Error('no');
        return [];
      },
      settle: async () => undefined,
      bury: async () => undefined,
    },
    post: async () => ok,
    clock: scene.clock,
    random: () => 0,
    failing: () => undefined,
  });
  target.wake();
  await scene.settle();
  assert.is(scene.clock.pendingTimers, 1);
  broken = false;
  await scene.advance(1000);
  assert.is(scene.clock.pendingTimers, 0);
  target.close();
});

test.run();
