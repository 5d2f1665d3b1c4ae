import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { MetricSet } from './metric-set.ts';
import { metricValue, parseMetrics } from './prometheus-text.fixture.ts';

const newSet = () => new MetricSet(new ManualClock());

test('what is read shows the figures of that moment, and no label that is gone', async () => {
  const set = newSet();
  let trunks: Record<string, number> = { one: 1, two: 2 };
  set.read(
    () => trunks,
    [
      {
        name: 'crosspoint_trunk_things_total',
        type: 'counter',
        help: 'things',
        labels: ['trunk'],
        read: of => Object.entries(of).map(([trunk, count]) => [{ trunk }, count]),
      },
    ],
  );
  const first = parseMetrics((await set.render('text')).text);
  assert.is(metricValue(first, 'crosspoint_trunk_things_total', { trunk: 'two' }), 2);
  trunks = { two: 5 };
  const { samples = [] } = parseMetrics((await set.render('text')).text).get('crosspoint_trunk_things_total') ?? {};
  assert.equal(
    samples.map(({ labels, value }) => [labels, value]),
    [[{ trunk: 'two' }, 5]],
  );
});

test('both formats have the same figures, each in its own form, in any order', async () => {
  const set = newSet();
  const counter = set.counter({ name: 'crosspoint_things_total', help: 'things', labels: ['kind'] });
  const histogram = set.histogram({ name: 'crosspoint_thing_seconds', help: 'how long', buckets: [0.1, 1] });
  counter.inc({ kind: 'a "quoted"\nkind' }, 3);
  histogram.observe(0.5);
  const open = await set.render('openmetrics');
  const plain = await set.render('text');
  assert.match(open.contentType, 'application/openmetrics-text; version=1.0.0');
  assert.match(
    open.text,
    '# TYPE crosspoint_things counter\ncrosspoint_things_total{kind="a \\"quoted\\"\\nkind"} 3\n',
  );
  assert.ok(open.text.endsWith('# EOF\n'));
  assert.match(plain.contentType, 'text/plain; version=0.0.4');
  const families = parseMetrics(plain.text);
  assert.is(metricValue(families, 'crosspoint_things_total', { kind: 'a "quoted"\nkind' }), 3);
  assert.is(metricValue(families, 'crosspoint_thing_seconds_bucket', { le: '1' }), 1);
  counter.inc({ kind: 'b' });
  assert.match((await set.render('openmetrics')).text, 'crosspoint_things_total{kind="b"} 1\n');
});

test('a source that fails or hangs is left out of that scrape, and keeps nobody else waiting', async () => {
  const clock = new ManualClock();
  const set = new MetricSet(clock);
  const gauge = (name: `crosspoint_${string}`) => ({ name, type: 'gauge', help: name, read: () => 1 }) as const;
  set.read(() => Promise.reject(new Error('gone')), [gauge('crosspoint_failing')]);
  set.read(() => new Promise(() => {}), [gauge('crosspoint_hanging')]);
  set.read(() => 1, [gauge('crosspoint_well')]);
  const rendered = set.render('text');
  await new Promise(setImmediate);
  clock.advance(2_000);
  const { text } = await rendered;
  assert.match(text, /^crosspoint_well 1$/m);
  assert.not.match(text, /^crosspoint_(failing|hanging) 1$/m);
  assert.is(clock.pendingTimers, 0);
});

test('scrapes that come together ask each source once', async () => {
  const set = newSet();
  let asked = 0;
  set.read(async () => {
    asked += 1;
    return asked;
  }, [{ name: 'crosspoint_asked', type: 'gauge', help: 'how often', read: times => times }]);
  const texts = await Promise.all([set.render('text'), set.render('text'), set.render('openmetrics')]);
  assert.is(asked, 1);
  for (const { text } of texts) assert.match(text, /^crosspoint_asked 1$/m);
});

test('what nobody knows is not shown', async () => {
  const set = newSet();
  set.read(() => null, [{ name: 'crosspoint_unknown', type: 'gauge', help: 'unknown', read: value => value }]);
  assert.not.match((await set.render('text')).text, /^crosspoint_unknown /m);
});

test('the usual metrics of a process are there, in both formats', async () => {
  const set = newSet();
  set.counter({ name: 'crosspoint_things_total', help: 'of ours, that were there before' });
  set.withDefaults();
  for (const format of ['openmetrics', 'text', 'openmetrics'] as const) {
    const { text } = await set.render(format);
    assert.match(text, /^process_cpu_seconds_total \d/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
  }
  parseMetrics((await set.render('text')).text);
});

test.run();
