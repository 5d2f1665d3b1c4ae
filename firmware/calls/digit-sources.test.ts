import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import { DigitSources } from './digit-sources.ts';
import type { DigitWay } from './side-terms.ts';

function listening() {
  const clock = new ManualClock();
  const passed: string[] = [];
  const sources = new DigitSources(clock, ({ digit, source }) => passed.push(`${digit} ${source}`));
  const by = (source: DigitWay, digit: string) => ({ digit, durationMs: 100, source });
  return { clock, passed, sources, by };
}

test('where events are relayed, a phone that sends a digit both ways is heard by its events alone', () => {
  const { clock, passed, sources, by } = listening();
  sources.told(by('info', '1'), true);
  sources.heard(by('rfc4733', '1'));
  clock.advance(1000);
  sources.told(by('info', '2'), true);
  clock.advance(1000);
  assert.equal(passed, ['1 rfc4733']);
});

test('a phone that negotiates events and sends INFO alone is heard', () => {
  const { clock, passed, sources, by } = listening();
  sources.told(by('info', '1'), true);
  sources.told(by('info', '2'), true);
  assert.equal(passed, []);
  clock.advance(400);
  sources.told(by('info', '3'), true);
  assert.equal(passed, ['1 info', '2 info', '3 info']);
});

test('where nothing is relayed the first way is told at once, and the others of the same press not', () => {
  const { clock, passed, sources, by } = listening();
  sources.told(by('info', '1'), false);
  clock.advance(150);
  sources.heard(by('rfc4733', '1'));
  clock.advance(100);
  sources.heard(by('inband', '1'));
  assert.equal(passed, ['1 info']);
  clock.advance(1000);
  sources.heard(by('inband', '1'));
  assert.equal(passed, ['1 info', '1 inband']);
});

test.run();
