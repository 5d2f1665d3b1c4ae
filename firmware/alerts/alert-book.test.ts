import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { AlertBook, type AlertListener } from './alert-book.ts';

/** What a listener is told, in words. */
function heard(book: AlertBook): string[] {
  const words: string[] = [];
  const listener: AlertListener = {
    raised: ({ id, severity }) => words.push(`${id} ${severity}`),
    cleared: ({ id }) => words.push(`${id} over`),
  };
  book.listen(listener);
  return words;
}

test('an alert is in the list from its beginning to its end, with the time of its beginning', () => {
  const clock = new ManualClock();
  const book = new AlertBook(clock, silentLog);
  const words = heard(book);
  book.raise('disk-low', 'warning', 'Little room.', { freeBytes: 3 });
  const began = clock.now();
  clock.advance(5000);
  book.raise('disk-low', 'critical', 'No room.', { freeBytes: 0 });
  assert.equal(book.list(), [
    { id: 'disk-low', severity: 'critical', sentence: 'No room.', detail: { freeBytes: 0 }, since: began },
  ]);
  book.clear('disk-low');
  book.clear('disk-low');
  assert.equal(book.list(), []);
  assert.equal(words, ['disk-low warning', 'disk-low critical', 'disk-low over']);
});

test('what is raised again and says the same is told once, and logged once', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: line => void lines.push(line) });
  const book = new AlertBook(new ManualClock(), log);
  const words = heard(book);
  for (let i = 0; i < 3; i++) book.raise('overload', 'warning', 'Too much.');
  assert.equal(words, ['overload warning']);
  assert.is(lines.length, 1);
});

test('who listens later hears what is raised already', () => {
  const book = new AlertBook(new ManualClock(), silentLog);
  book.raise('a', 'info', 'A.');
  assert.equal(heard(book), ['a info']);
});

test('beyond two hundred alerts new ones are counted, and there is room again when one is over', () => {
  const book = new AlertBook(new ManualClock(), silentLog);
  for (let i = 0; i < 205; i++) book.raise(`t-${i}`, 'info', 'T.');
  assert.is(book.list().length, 200);
  assert.is(book.refused, 5);
  book.clear('t-0');
  book.raise('t-204', 'info', 'T.');
  assert.is(book.list().at(-1)?.id, 't-204');
});

test.run();
