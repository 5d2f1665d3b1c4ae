import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { budgets } from './budgets.ts';
import { judge } from './judgement.ts';

test('a budget is met on its own limit and not beyond it, in either sense', () => {
  assert.is(judge(budgets.g711PerLeg, 1.0).verdict, 'met');
  assert.is(judge(budgets.g711PerLeg, 1.01).verdict, 'NOT MET');
  assert.is(judge(budgets.signallingRate, 1000).verdict, 'met');
  assert.is(judge(budgets.signallingRate, 999).verdict, 'NOT MET');
});

test('what was not measured is neither met nor missed', () => {
  assert.is(judge(budgets.g711PerLeg, null, 'sessions of 2').verdict, 'not measured');
});

test.run();
