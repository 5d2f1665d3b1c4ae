import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { AlertBook } from './alert-book.ts';
import { AlertWatch } from './alert-watch.ts';
import { FactGatherer, type FactSources } from './fact-gatherer.ts';
import { Recent } from './recent.ts';
import type { Rule } from './rules.ts';

const MINUTE_MS = 60_000;

/** A box whose figures the test sets. */
function newSources() {
  const state = { workers: [] as null[], deaths: 0, dropped: 0, certificatesRead: 0 };
  const sources: FactSources = {
    workers: async () => state.workers,
    workerDeaths: () => state.deaths,
    trunks: () => [],
    disk: () => ({ totalBytes: null, freeBytes: null }),
    pending: () => 0,
    dropped: () => state.dropped,
    storeProblem: () => null,
    webhooksDown: () => [],
    brokerDownSince: () => null,
    wrongPins: () => ({ count: 0, locked: false }),
    certificates: async () => {
      state.certificatesRead += 1;
      return [];
    },
  };
  return { state, sources };
}

const ids = (book: AlertBook) => book.list().map(({ id }) => id);

test('trouble is told once it has held for as long as its rule says, and is over at once', async () => {
  const clock = new ManualClock();
  const book = new AlertBook(clock, silentLog);
  const { state, sources } = newSources();
  const facts = new FactGatherer(sources, clock);
  const watch = new AlertWatch({ book, facts: () => facts.gather(), clock, log: silentLog });
  state.workers = [null];
  await watch.look();
  assert.equal(ids(book), []);
  clock.advance(3000);
  await watch.look();
  assert.equal(ids(book), ['worker-0-down']);
  state.workers = [];
  await watch.look();
  assert.equal(ids(book), []);
  state.workers = [null];
  await watch.look();
  assert.equal(ids(book), [], 'the hold begins anew');
});

test('what is counted counts for ten minutes', async () => {
  const clock = new ManualClock();
  const book = new AlertBook(clock, silentLog);
  const { state, sources } = newSources();
  const facts = new FactGatherer(sources, clock);
  const watch = new AlertWatch({ book, facts: () => facts.gather(), clock, log: silentLog });
  state.dropped = 5;
  state.deaths = 3;
  await watch.look();
  assert.equal(ids(book), ['workers-restarting', 'events-dropped']);
  for (let minute = 0; minute < 11; minute++) {
    clock.advance(MINUTE_MS);
    await watch.look();
  }
  assert.equal(ids(book), []);
  assert.ok(state.certificatesRead <= 12);
});

test('a source that fails is logged, and the alerts stay as they were', async () => {
  const clock = new ManualClock();
  const book = new AlertBook(clock, silentLog);
  book.raise('disk-low', 'warning', 'Little room.');
  const watch = new AlertWatch({ book, facts: () => Promise.reject(new Error('gone')), clock, log: silentLog });
  await watch.look();
  assert.equal(ids(book), ['disk-low']);
});

test('a watch that is closed leaves no timer', async () => {
  const clock = new ManualClock();
  const rules: readonly Rule[] = [];
  const { sources } = newSources();
  const facts = new FactGatherer(sources, clock);
  const book = new AlertBook(clock, silentLog);
  const watch = new AlertWatch({ book, facts: () => facts.gather(), rules, clock, log: silentLog });
  watch.start();
  await new Promise(setImmediate);
  assert.is(clock.pendingTimers, 1);
  watch.close();
  assert.is(clock.pendingTimers, 0);
});

test('a count that begins anew has risen by its whole', () => {
  const recent = new Recent(1000);
  assert.is(recent.risen(0, 10), 0);
  assert.is(recent.risen(100, 15), 5);
  assert.is(recent.risen(200, 3), 8, 'five before, three since');
  assert.is(recent.risen(1150, 3), 3);
  assert.is(recent.risen(1200, 3), 0);
});

test.run();
