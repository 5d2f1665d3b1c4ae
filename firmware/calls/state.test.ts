import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callStates, canMove } from './state.ts';

test('a call rings at most once and never goes back', () => {
  assert.ok(canMove('DIALING', 'RINGING'));
  assert.not(canMove('RINGING', 'RINGING'));
  assert.not(canMove('ACTIVE', 'RINGING'));
  assert.not(canMove('RINGING', 'DIALING'));
});

test('a call may be answered without ringing', () => {
  assert.ok(canMove('DIALING', 'ACTIVE'));
});

test('every state but the last can end, and the last is the last', () => {
  for (const state of callStates) {
    assert.is(canMove(state, 'HANGUP'), state !== 'HANGUP', state);
    assert.not(canMove('HANGUP', state), state);
  }
});

test('hold goes back and forth with active only', () => {
  assert.ok(canMove('ACTIVE', 'ON_HOLD'));
  assert.ok(canMove('ON_HOLD', 'ACTIVE'));
  assert.not(canMove('RINGING', 'ON_HOLD'));
});

test.run();
