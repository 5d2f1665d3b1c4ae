import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderTable, rounded } from './table.ts';

test('columns are aligned, numbers to the right, and what was not measured is a dash', () => {
  const table = renderTable(
    ['what', 'ms'],
    [
      ['stock', 5.25],
      ['ours', null],
    ],
  );
  assert.equal(table.split('\n'), ['| what  |   ms |', '|-------|-----:|', '| stock | 5.25 |', '| ours  |    – |']);
});

test('a figure is rounded and stays a number', () => {
  assert.is(rounded(1.23456, 2), 1.23);
  assert.is(rounded(null, 2), null);
});

test.run();
