import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameOf } from './media-load.ts';
import { budgetedCodec, codecPairs, crossPlan, defaultPlan, gatewayPlan } from './media-plan.ts';

const names = (plan: ReturnType<typeof defaultPlan>) => plan.map(({ load }) => nameOf(load));

test('what is measured by default has every load that a budget names, each once', () => {
  const planned = names(defaultPlan());
  assert.is(new Set(planned).size, planned.length);
  for (const load of [
    'PCMU, 100 legs in sessions of 2',
    'PCMU, 100 legs in sessions of 10',
    'PCMU, secured, 100 legs in sessions of 2',
    'PCMU, 300 legs in sessions of 2',
    'G722, 100 legs in sessions of 2',
    'opus, 60 legs in sessions of 10',
    'opus32, 60 legs in sessions of 2',
    'PCMU↔opus, 60 legs in sessions of 2',
  ])
    assert.ok(planned.includes(load), load);
  assert.ok(gatewayPlan().every(({ load }) => budgetedCodec(load) !== null));
});

test("what is asked for is every combination, with the budget's legs where none are named", () => {
  const plan = crossPlan({ codecs: codecPairs('pcmu,pcmu+OPUS'), secured: [false, true], roomSizes: [2], legs: null });
  assert.equal(names(plan), [
    'PCMU, 100 legs in sessions of 2',
    'PCMU, secured, 100 legs in sessions of 2',
    'PCMU↔opus, 60 legs in sessions of 2',
    'PCMU↔opus, secured, 60 legs in sessions of 2',
  ]);
  assert.equal(names(crossPlan({ codecs: codecPairs('g722'), secured: [false], roomSizes: [10], legs: [20, 40] })), [
    'G722, 20 legs in sessions of 10',
    'G722, 40 legs in sessions of 10',
  ]);
});

test('a codec that the load generator does not have is refused by name', () => {
  for (const wrong of ['gsm', 'pcmu+gsm', 'pcmu+g722+opus', '', 'pcmu,'])
    assert.throws(() => codecPairs(wrong), /--codecs takes pcmu, g722, opus/, wrong);
});

test.run();
