import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { duration, isAnswered } from './phone-words.ts';
import { qualityText } from './quality-text.ts';

test('how long somebody has talked is told in minutes, and in hours where there are some', () => {
  for (const [seconds, text] of [
    [0, '0:00'],
    [59.9, '0:59'],
    [61, '1:01'],
    [3599, '59:59'],
    [3661, '1:01:01'],
    [36_000, '10:00:00'],
  ] as const)
    assert.is(duration(seconds * 1000), text);
});

test('who rings has not answered, who is held has', () => {
  const states = ['dialing', 'ringing', 'active', 'held'] as const;
  assert.equal(
    states.map(state => isAnswered({ number: '1', state })),
    [false, false, true, true],
  );
  assert.not.ok(isAnswered(null));
});

test('of the figures only what was measured is told, with a word for it', () => {
  const text = (mos: number | null, more: object = {}) =>
    qualityText({ received: { mos: mos === null ? null : { mos }, lossRatio: null, jitterMs: null, ...more } });
  assert.is(qualityText(null), '');
  assert.is(text(null), '');
  assert.is(text(4.41), 'Good sound · MOS\u00a04.4');
  assert.is(text(3.7), 'Fair sound · MOS\u00a03.7');
  assert.is(
    text(2.1, { lossRatio: 0.125, jitterMs: 31.4 }),
    'Poor sound · MOS\u00a02.1 · loss\u00a012.5\u00a0% · jitter\u00a031\u00a0ms',
  );
  assert.is(qualityText({ received: {}, roundTripMs: 40 }), 'round\u00a0trip\u00a040\u00a0ms');
});

test.run();
