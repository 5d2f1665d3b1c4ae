import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newRecord } from '../records/call-record.fixture.ts';
import { answeredAt, heard, silent } from './cases.fixture.ts';
import { farEndCases } from './far-end-cases.fixture.ts';
import { judgedOf } from './judged.ts';
import { mediaCases } from './media-cases.fixture.ts';
import { ownCases } from './own-cases.fixture.ts';
import { rules, verdictOn } from './verdict-on.ts';

const cases = [...ownCases, ...farEndCases, ...mediaCases];

for (const [name, rule, record, { side, says, evidence }, media] of cases) {
  test(`${name}: ${rule}`, () => {
    const verdict = verdictOn(judgedOf(record, media ?? null));
    assert.is(verdict?.rule, rule, verdict?.sentence);
    assert.is(verdict?.side, side);
    assert.match(verdict?.sentence ?? '', says);
    assert.match(verdict?.sentence ?? '', /\.$/);
    for (const [key, lines] of Object.entries(evidence ?? {})) assert.equal(verdict?.evidence[key], lines, key);
  });
}

test('every rule of the table is shown above', () => {
  const shown = new Set(cases.map(([, rule]) => rule));
  assert.equal(
    rules.map(({ rule }) => rule).filter(rule => !shown.has(rule)),
    [],
  );
});

test('a good call has no verdict, and neither has one with a short gap, or one too short to be judged by its sound', () => {
  assert.is(verdictOn(judgedOf(newRecord(), null)), null);
  assert.is(verdictOn(judgedOf(newRecord(), heard())), null);
  assert.is(verdictOn(judgedOf(newRecord(), heard([], { unplayedRatio: 0.2 }, 4_999))), null);
  const short = { ...silent, since: answeredAt, until: answeredAt + 3_000 };
  assert.is(verdictOn(judgedOf(newRecord(), heard([short]))), null);
});

test('what keeps the parties of a live call from hearing each other is told while it does', () => {
  const { since, ...present } = silent;
  const judged = { ...judgedOf(newRecord(), null), end: null, endedAt: null };
  const verdict = verdictOn({ ...judged, problems: [{ ...present, since, until: null }] });
  assert.is(verdict?.rule, 'one-way-audio');
  assert.match(verdict?.sentence ?? '', / on, /);
  assert.is(verdictOn(judged), null);
});

test.run();
