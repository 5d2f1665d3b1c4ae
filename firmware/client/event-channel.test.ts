import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventChannel } from './event-channel.ts';
import { connectedMessage, FakeSocket } from './fake-box.fixture.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import type { OTError } from './ot-error.ts';

function rig() {
  const timers = new ManualTimers();
  const sockets: FakeSocket[] = [];
  const told: string[] = [];
  const channel = new EventChannel({
    token: 'the-token',
    timers,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    listener: {
      connected: () => told.push('connected'),
      notice: notice => told.push(notice.type),
      reconnecting: () => told.push('reconnecting'),
      reconnected: () => told.push('reconnected'),
      ended: reason => told.push(`ended ${reason}`),
    },
  });
  const socket = (index: number) => sockets[index] as FakeSocket;
  return { timers, sockets, socket, told, channel };
}

async function connected() {
  const made = rig();
  const done = made.channel.connect();
  made.socket(0).onopen?.();
  made.socket(0).tell(1, connectedMessage());
  await done;
  return made;
}

const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error: OTError) => error.name,
  );

test('a client says who it is and is connected', async () => {
  const { socket, told, channel } = await connected();
  assert.equal(socket(0).sent, [{ type: 'connect', token: 'the-token' }]);
  assert.equal(told, ['connected']);
  assert.is(channel.key, 'the-key');
});

test('when the network has changed the box must be heard soon, or the channel is opened again', async () => {
  const { timers, sockets, socket, told, channel } = await connected();
  channel.networkChanged();
  const [, { id, type } = {}] = socket(0).sent;
  assert.is(type, 'ping');
  socket(0).tell(2, { type: 'reply', re: id, ok: true });
  timers.pass(5_000);
  assert.equal(told, ['connected']);
  channel.networkChanged();
  timers.pass(4_999);
  assert.equal(told, ['connected']);
  timers.pass(1_001);
  assert.equal(told, ['connected', 'reconnecting']);
  assert.is(sockets.length, 2);
});

test('a token that is not valid is an authentication error', async () => {
  const { channel, socket, told, timers } = rig();
  const done = nameOf(channel.connect());
  socket(0).break(4401, 'The token has expired');
  assert.is(await done, 'OT_AUTHENTICATION_ERROR');
  assert.equal(told, []);
  assert.is(timers.waiting, 0);
});

test('a box that does not answer is given up after ten seconds', async () => {
  const { channel, timers } = rig();
  const done = nameOf(channel.connect());
  timers.pass(10_000);
  assert.is(await done, 'OT_CONNECT_FAILED');
  assert.is(timers.waiting, 0);
});

test('a broken channel is resumed where it broke, and nothing is told twice', async () => {
  const { socket, sockets, told, timers } = await connected();
  socket(0).tell(2, { type: 'muteForced', active: true, streamId: null });
  socket(0).break();
  assert.equal(told.slice(2), ['reconnecting']);
  timers.pass(1_000);
  assert.is(sockets.length, 2);
  socket(1).onopen?.();
  assert.equal(socket(1).sent[0], { type: 'connect', token: 'the-token', resume: { key: 'the-key', last: 2 } });
  socket(1).tell(3, { type: 'resumed' });
  socket(1).tell(4, { type: 'signal', from: null, signalType: '', data: 'missed' });
  assert.equal(told.slice(3), ['reconnected', 'signal']);
});

test('a request without a reply is sent again after a resumption, under its number', async () => {
  const { channel, socket, timers } = await connected();
  const reply = channel.request({ type: 'signal', signalType: 'a', data: 'b' }, 'signal');
  const first = socket(0).sent[1];
  socket(0).break();
  timers.pass(1_000);
  socket(1).onopen?.();
  socket(1).tell(2, { type: 'resumed' });
  assert.equal(socket(1).sent[1], first);
  socket(1).tell(3, { type: 'reply', re: first?.id, ok: true });
  assert.is((await reply).ok, true);
});

test('a message that is missing is asked for again', async () => {
  const { socket, sockets, told, timers } = await connected();
  socket(0).tell(3, { type: 'signal', from: null, signalType: '', data: '' });
  assert.equal(told, ['connected', 'reconnecting']);
  timers.pass(1_000);
  assert.is(sockets.length, 2);
});

test('attempts come ever more rarely, and end when it is too late to resume', async () => {
  const { socket, sockets, told, timers } = await connected();
  socket(0).break();
  for (let passed = 0; passed < 29_000; passed += 100) {
    timers.pass(100);
    const last = socket(sockets.length - 1);
    if (last.onclose) last.break();
  }
  assert.ok(sockets.length > 5 && sockets.length < 25, `${sockets.length} attempts`);
  timers.pass(2_000);
  assert.is(told.at(-1), 'ended networkDisconnected');
  assert.is(timers.waiting, 0);
});

test('a box that has forgotten the connection ends it', async () => {
  const { socket, told, timers } = await connected();
  socket(0).break();
  timers.pass(1_000);
  socket(1).break(4410);
  assert.is(told.at(-1), 'ended networkDisconnected');
});

test('a silent box is taken for gone', async () => {
  const { told, timers } = await connected();
  timers.pass(40_000);
  assert.ok(told.includes('reconnecting'));
});

test('whom a moderator removes is told why, and what was asked fails', async () => {
  const { channel, socket, told, timers } = await connected();
  const request = nameOf(channel.request({ type: 'ping' }, 'ping'));
  socket(0).tell(2, { type: 'forceDisconnected' });
  assert.is(told.at(-1), 'ended forceDisconnected');
  assert.is(await request, 'OT_DISCONNECTED');
  assert.is(timers.waiting, 0);
});

test('leaving says so to the box and leaves no timer behind', async () => {
  const { channel, socket, told, timers } = await connected();
  channel.leave();
  assert.is(socket(0).sent.at(-1)?.type, 'disconnect');
  assert.is(socket(0).closedWith, 1000);
  assert.is(told.at(-1), 'ended clientDisconnected');
  assert.is(timers.waiting, 0);
  assert.is(await nameOf(channel.request({ type: 'ping' }, 'ping')), 'OT_NOT_CONNECTED');
});

test('what the box refuses has the name of what failed, and the sentence of the box', async () => {
  const { channel, socket } = await connected();
  const request = channel.request({ type: 'forceMuteStream', streamId: 's' }, 'forceMute');
  socket(0).tell(2, {
    type: 'reply',
    re: socket(0).sent[1]?.id,
    error: { code: 'session.stream-unknown', message: 'No such stream' },
  });
  const error = await request.catch((caught: OTError) => caught);
  assert.is((error as OTError).name, 'OT_INVALID_PARAMETER');
  assert.is((error as OTError).message, 'No such stream (session.stream-unknown)');
});

test.run();
