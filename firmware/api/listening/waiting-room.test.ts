import { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { WaitingRoom } from './waiting-room.ts';

function room() {
  const clock = new ManualClock();
  return { clock, room: new WaitingRoom(clock) };
}

/** `close` comes after `destroy` as an event of its own. */
const settled = () => new Promise(resolve => setImmediate(resolve));

test('who says nothing for ten seconds is dropped, who has spoken stays', async () => {
  const { clock, room: waiting } = room();
  const [silent, speaking] = [new Socket(), new Socket()];
  waiting.enter(silent);
  waiting.enter(speaking);
  clock.advance(9_999);
  waiting.leave(speaking);
  assert.not.ok(silent.destroyed);
  clock.advance(1);
  assert.ok(silent.destroyed);
  assert.not.ok(speaking.destroyed);
  await settled();
  assert.is(waiting.size, 0);
  assert.is(clock.pendingTimers, 0);
});

test('when it is full, whoever has waited longest makes room', async () => {
  const { clock, room: waiting } = room();
  const sockets = Array.from({ length: 300 }, () => new Socket());
  for (const socket of sockets) waiting.enter(socket);
  const dropped = sockets.map(({ destroyed }) => destroyed);
  assert.equal([...new Set(dropped.slice(0, 44))], [true]);
  assert.equal([...new Set(dropped.slice(44))], [false]);
  await settled();
  assert.is(waiting.size, 256);
  assert.is(clock.pendingTimers, 256);
});

test('once it is closed nobody waits, and nobody comes in', async () => {
  const { clock, room: waiting } = room();
  const [before, after] = [new Socket(), new Socket()];
  waiting.enter(before);
  waiting.close();
  waiting.enter(after);
  await settled();
  assert.ok(before.destroyed && after.destroyed);
  assert.is(clock.pendingTimers, 0);
});

test.run();
