import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { factsOf, newEnd, newRecord } from './call-record.fixture.ts';
import { type CallFilter, isAskedFor } from './record-filter.ts';

const record = newRecord({
  trunks: { in: 'pbx', out: 'carrier' },
  result: 'busy',
  reason: newEnd({ code: '486', slug: 'busy-here' }),
});
const { createdAt } = record;

const filters: [asked: CallFilter, is: boolean][] = [
  [{}, true],
  [{ project: '46000001' }, true],
  [{ project: '4600000' }, false],
  [{ session: '2_abc' }, true],
  [{ session: '2_ab' }, false],
  [{ direction: 'outbound' }, true],
  [{ direction: 'inbound' }, false],
  [{ result: 'busy' }, true],
  [{ result: 'completed' }, false],
  [{ reason: '486' }, true],
  [{ reason: 'busy-here' }, true],
  [{ reason: '603' }, false],
  [{ trunk: 'pbx' }, true],
  [{ trunk: 'carrier' }, true],
  [{ trunk: 'other' }, false],
  [{ from: '15550100' }, true],
  [{ to: 'CARRIER' }, true],
  [{ to: '15550100' }, false],
  [{ text: 'a@box' }, true],
  [{ text: '192.0.2.9' }, true],
  [{ text: '2_abc' }, true],
  [{ text: '%' }, false],
  [{ since: createdAt }, true],
  [{ since: createdAt + 1 }, false],
  [{ until: createdAt }, false],
  [{ until: createdAt + 1 }, true],
  [{ project: '46000001', to: 'nobody' }, false],
];

for (const [asked, is] of filters)
  test(`${JSON.stringify(asked)}: ${is ? 'that one' : 'not that one'}`, () => {
    assert.is(isAskedFor(record, asked), is);
  });

test('a live call has no result and no reason yet, whatever is asked', () => {
  const live = factsOf(record);
  assert.is(isAskedFor(live, { result: 'busy' }), false);
  assert.is(isAskedFor(live, { reason: '486' }), false);
  assert.is(isAskedFor(live, { trunk: 'pbx' }), true);
});

test.run();
