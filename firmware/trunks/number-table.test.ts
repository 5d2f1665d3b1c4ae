import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NumberRoute } from '../config/number-schema.ts';
import { readNumber } from './number-format.ts';
import { NumberTable } from './number-table.ts';

const route = (route: Omit<NumberRoute, 'to'>, room: string): NumberRoute => ({ ...route, to: { room } });

const table = new NumberTable([
  route({ pattern: 'any' }, 'any'),
  route({ pattern: 'any', trunk: 'pbx' }, 'any-of-pbx'),
  route({ prefix: '+44' }, 'britain'),
  route({ prefix: '+4420' }, 'london'),
  route({ prefix: '+44', trunk: 'pbx' }, 'britain-of-pbx'),
  route({ prefix: '9' }, 'outside-line'),
  route({ number: '+442071234567' }, 'desk'),
  route({ number: '+442071234567', trunk: 'pbx' }, 'desk-of-pbx'),
  route({ number: '1000' }, 'extension'),
  route({ number: 'alice' }, 'alice'),
]);

const rules = { country: '44', trunkPrefix: '0', international: '00' };

const CASES: [called: string, trunk: string, room: string, by: string][] = [
  ['+442071234567', 'carrier', 'desk', 'number'],
  ['02071234567', 'carrier', 'desk', 'number'],
  ['442071234567', 'carrier', 'desk', 'number'],
  ['00442071234567', 'pbx', 'desk-of-pbx', 'number'],
  ['+442079999999', 'carrier', 'london', 'prefix'],
  ['+441619999999', 'carrier', 'britain', 'prefix'],
  ['+441619999999', 'pbx', 'britain-of-pbx', 'prefix'],
  // The longer prefix wins, whoever's it is.
  ['+442079999999', 'pbx', 'london', 'prefix'],
  ['9112', 'pbx', 'outside-line', 'prefix'],
  ['1000', 'carrier', 'extension', 'number'],
  ['1001', 'carrier', 'any', 'any'],
  ['1001', 'pbx', 'any-of-pbx', 'any'],
  ['alice', 'carrier', 'alice', 'number'],
  ['bob', 'carrier', 'any', 'any'],
  ['', 'carrier', 'any', 'any'],
];

for (const [called, trunk, room, by] of CASES) {
  test(`"${called}" from ${trunk} goes to ${room}`, () => {
    const found = table.find(readNumber(called, rules), trunk);
    assert.is(found?.route.to.room, room);
    assert.is(found?.by, by);
  });
}

test('a number without a route is not found', () => {
  const small = new NumberTable([route({ number: '1' }, 'a'), route({ pattern: 'any', trunk: 'pbx' }, 'b')]);
  assert.is(small.find(readNumber('2', rules), 'carrier'), undefined);
  assert.is(new NumberTable([]).find(readNumber('2', rules), 'carrier'), undefined);
});

test('a number is found among ten thousand', () => {
  const routes = Array.from({ length: 10_000 }, (_, n) => route({ number: `+4420${10_000_000 + n}` }, `r${n}`));
  const large = new NumberTable(routes);
  assert.is(large.find(readNumber('+442010009999', rules), 'carrier')?.route.to.room, 'r9999');
  assert.is(large.find(readNumber('+442010010000', rules), 'carrier'), undefined);
});

test.run();
