import * as assert from 'uvu/assert';
import { MAX_COMMAND_BYTES } from '../../pipelines/line-splitter.ts';
import { PROTOCOL_VERSION } from '../../pipelines/protocol.ts';
import { connected, type Reply, request, workerSuite } from './worker-protocol.fixture.ts';

const test = workerSuite('what says something else to the worker than its protocol');

test('what is not a command at all is refused and the worker goes on', async ({ ask }) => {
  for (const line of [
    'nonsense',
    '{}',
    '[]',
    '7',
    '"x"',
    '{"id":1}',
    '{"id":2,"method":"leg.fly","params":{}}',
    `{"id":3,"method":"${'x'.repeat(1000)}"}`,
  ]) {
    const { error } = await ask(line);
    assert.is(error?.code, 'media.bad-request', line.slice(0, 60));
  }
  assert.ok((await ask(request('ping', {}))).result);
});

test('a stranger that does not greet, or greets in another version, is sent away', async ({ socketPath }) => {
  for (const [line, code] of [
    [request('ping', {}), 'media.bad-request'],
    [request('hello', { protocol: PROTOCOL_VERSION + 1, client: 'x', leaseMs: 1000 }), 'media.protocol-mismatch'],
    [request('hello', { protocol: PROTOCOL_VERSION }), 'media.bad-request'],
  ] as const) {
    const socket = await connected(socketPath);
    const chunks: Buffer[] = [];
    socket.on('data', chunk => chunks.push(chunk as Buffer));
    const closed = new Promise(resolve => socket.once('close', resolve));
    socket.write(`${line}\n`);
    await closed;
    assert.is((JSON.parse(Buffer.concat(chunks).toString()) as Reply).error?.code, code);
  }
});

test('a line without end closes the connection, not the worker', async context => {
  const socket = await connected(context.socketPath);
  socket.on('error', () => {});
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.write(Buffer.alloc(MAX_COMMAND_BYTES + 10, 0x61));
  await closed;
  assert.ok((await context.ask(request('ping', {}))).result);
});

test.run();
