import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinNumber } from './builtin-numbers.ts';

test('tone, echo and rooms are known', () => {
  assert.equal(builtinNumber('tone'), { kind: 'tone' });
  assert.equal(builtinNumber('echo'), { kind: 'echo' });
  assert.equal(builtinNumber('room-7.a_B'), { kind: 'room', name: '7.a_B' });
});

test('everything else is not a built-in number', () => {
  for (const user of ['', 'room-', 'room', 'Tone', `room-${'x'.repeat(65)}`, 'room-a b', 'xroom-1', '__proto__']) {
    assert.is(builtinNumber(user), undefined, user);
  }
});

test.run();
