import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DigitOnce } from './digit-once.ts';
import type { DigitWay } from './side-terms.ts';

/** What is told of a row of [milliseconds, digit, way, length]. */
function told(row: readonly (readonly [number, string, DigitWay, number?])[]): string {
  const once = new DigitOnce();
  return row
    .filter(([now, digit, source, durationMs = 100]) => once.isNew({ digit, source, durationMs }, now))
    .map(([, digit, source]) => `${digit}${source[1]}`)
    .join(' ');
}

test('a digit that comes in two or three ways at once is told once, the first way that came', () => {
  assert.is(
    told([
      [1000, '5', 'info'],
      [1120, '5', 'rfc4733'],
      [1300, '5', 'inband'],
    ] as const),
    '5n',
  );
  assert.is(
    told([
      [1000, '5', 'rfc4733'],
      [1010, '5', 'info'],
    ] as const),
    '5f',
  );
  assert.is(
    told([
      [1000, '5', 'inband'],
      [1000, '5', 'info'],
    ] as const),
    '5n',
  );
});

test('a key that is held is one, though INFO tells of its beginning and the event of its end', () => {
  assert.is(
    told([
      [1000, '5', 'info', 250],
      [6000, '5', 'rfc4733', 4950],
    ] as const),
    '5n',
  );
});

test('the same key again and again is told as often as it was pressed, however the ways lie', () => {
  const both = [0, 200, 400].flatMap(at => [[1000 + at, '1', 'info'] as const, [1090 + at, '1', 'rfc4733'] as const]);
  assert.is(told(both), '1n 1n 1n');
  const late = [
    ...[0, 150, 300].map(at => [1000 + at, '1', 'info'] as const),
    ...[400, 550, 700].map(at => [1000 + at, '1', 'inband'] as const),
  ];
  assert.is(told(late), '1n 1n 1n');
});

test('one way alone is never matched with itself, and other digits and later presses are new', () => {
  assert.is(
    told([
      [1000, '7', 'info'],
      [1100, '7', 'info'],
      [1200, '8', 'rfc4733'],
    ] as const),
    '7n 7n 8f',
  );
  assert.is(
    told([
      [1000, '7', 'info'],
      [1700, '7', 'rfc4733'],
    ] as const),
    '7n 7f',
  );
});

test('what was told long ago is forgotten', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => [i * 100, '3', 'rfc4733'] as const);
  assert.is(told(many).split(' ').length, 10_000);
});

test.run();
