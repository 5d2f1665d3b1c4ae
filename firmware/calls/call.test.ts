import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agreedSide, callOf, writtenLeg } from './call.fixture.ts';
import { endReasons } from './reasons.ts';

function watched() {
  const side = agreedSide(writtenLeg('a'), 'PCMU');
  const { call, clock, events } = callOf(side);
  const told: string[] = [];
  const stop = call.watch({ mediaChanged: () => told.push('changed'), ended: () => told.push('ended') });
  return { call, side, clock, events, told, stop };
}

test('who watches a call is told of every change of its media, and of its end once', async () => {
  const { call, told, clock } = watched();
  call.mediaAgreed();
  call.mediaAgreed();
  await call.end('box', endReasons.normalClearing);
  await call.end('box', endReasons.normalClearing);
  call.mediaAgreed();
  assert.equal(told, ['changed', 'changed', 'ended']);
  assert.is(clock.pendingTimers, 0);
});

test('who has stopped to watch is told of nothing more, the others are', async () => {
  const { call, told, stop } = watched();
  const others: string[] = [];
  call.watch({ mediaChanged: () => others.push('changed'), ended: () => others.push('ended') });
  stop();
  stop();
  call.mediaAgreed();
  await call.end('box', endReasons.normalClearing);
  assert.equal(told, []);
  assert.equal(others, ['changed', 'ended']);
});

test('who stops to watch while it is told keeps nobody else from being told', async () => {
  const { call, told, stop } = watched();
  const others: string[] = [];
  call.watch({
    mediaChanged: () => {
      others.push('changed');
      stop();
    },
    ended: () => {},
  });
  call.mediaAgreed();
  call.mediaAgreed();
  assert.equal(told, ['changed']);
  assert.equal(others, ['changed', 'changed']);
  await call.end('box', endReasons.normalClearing);
});

test('whoever takes the place of a side is a change of the media, and the leg of the other closes', async () => {
  const { call, told, side } = watched();
  const [before, comes] = [side.leg as ReturnType<typeof writtenLeg>, agreedSide(writtenLeg('b'), 'opus')];
  call.exchange(side, comes);
  assert.equal(told, ['changed']);
  assert.is(call.sides[0], comes);
  assert.ok(before.closed);
  // Somebody who is not in it changes nothing.
  call.exchange(side, agreedSide(writtenLeg('c'), 'opus'));
  assert.equal(told, ['changed']);
  await call.end('box', endReasons.normalClearing);
});

test.run();
