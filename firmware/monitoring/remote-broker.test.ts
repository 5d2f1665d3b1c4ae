import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteBroker } from './remote-broker.ts';

const login = { clientId: 'box', will: { topic: 'crosspoint/box/status', payload: 'offline' } };
const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length;

test('a link that is dropped before its broker has said a word keeps no timer', async () => {
  const broker = createServer().listen(0, '127.0.0.1').unref();
  await once(broker, 'listening');
  const { port } = broker.address() as AddressInfo;
  const before = timers();
  const lost: string[] = [];
  const connected = once(broker, 'connection');
  const link = new RemoteBroker(`mqtt://127.0.0.1:${port}`).open(login, {
    up: () => assert.unreachable(),
    lost: reason => lost.push(reason),
    message: () => assert.unreachable(),
  });
  const [socket] = await connected;
  const closed = once(socket, 'close');
  link.drop();
  socket.resume();
  await closed;
  await new Promise(setImmediate);
  assert.is(timers(), before);
  assert.equal(lost, [], 'whoever drops a link knows');
});

test.run();
