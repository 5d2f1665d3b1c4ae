import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RawPeer } from './raw-peer.fixture.ts';
import { ANSWER, accepted, emptied, NOTHING, place, remoteEnd, startAgent } from './user-agent.fixture.ts';

const udp = { transport: 'udp', host: '127.0.0.1', port: 0 } as const;
const tcp = { transport: 'tcp', host: '127.0.0.1', port: 0 } as const;

test('a stranger on UDP gets no byte and costs nothing, whatever is sent', async () => {
  const agent = await startAgent({ isTrusted: () => false });
  const port = agent.listening[0]!.port;
  const stranger = await new RawPeer().start();
  let offered = 0;
  agent.onInvite = () => {
    offered += 1;
  };
  const messages = [
    stranger.requestText('INVITE'),
    stranger.requestText('OPTIONS'),
    stranger.requestText('REGISTER'),
    stranger.requestText('CANCEL'),
    stranger.requestText('BYE', { toTag: 'x' }),
    stranger.requestText('ACK', { toTag: 'x' }),
    'INVITE broken\r\n\r\n',
    'SIP/2.0 200 OK\r\nVia: x\r\n\r\n',
    Buffer.alloc(1400, 0xff),
    Buffer.alloc(20),
    `INVITE sip:a SIP/2.0\r\n${'Call-ID: '.repeat(6000)}`,
    '\r\n\r\n',
  ];
  for (const message of messages) stranger.send(message, port);
  // All but the last, which is a keep-alive and no message.
  while (agent.counters.strangers < messages.length - 1) await new Promise<void>(again => setImmediate(again));
  assert.equal(agent.dump(), NOTHING);
  assert.is(agent.counters.sent, 0);
  assert.equal(stranger.received, []);
  assert.is(offered, 0);
  await Promise.all([agent.close(), stranger.close()]);
});

test('a stranger on TCP is cut off at the first message without a byte', async () => {
  const agent = await startAgent({ listeners: [tcp], isTrusted: () => false });
  const peer = await new RawPeer().start();
  for (const text of [peer.requestText('INVITE'), peer.requestText('OPTIONS'), 'no Content-Length\r\n\r\n']) {
    const socket = connect(agent.listening[0]!.port, '127.0.0.1');
    let heard = 0;
    socket.on('data', chunk => {
      heard += chunk.length;
    });
    socket.on('error', () => {});
    const closed = new Promise<void>(done => socket.once('close', () => done()));
    socket.write(text);
    await closed;
    assert.is(heard, 0);
  }
  assert.equal(agent.dump(), NOTHING);
  await Promise.all([agent.close(), peer.close()]);
});

test('somebody whom we called is heard, in that call only', async () => {
  const agent = await startAgent({ isTrusted: () => false });
  const port = agent.listening[0]!.port;
  const callee = await new RawPeer().start();
  let offered = 0;
  agent.onInvite = () => {
    offered += 1;
  };
  const placed = place(agent, callee.port);
  const invite = await callee.request('INVITE');
  const callId = invite.headers.get('Call-ID')!;
  callee.answer(invite, 200, port, { body: ANSWER });
  const { dialog } = await accepted(placed);
  await callee.request('ACK');
  const ended = remoteEnd(dialog);

  // It knows a Call-ID of ours, but may begin nothing with it.
  callee.send(callee.requestText('INVITE', { callId, branch: 'z9hG4bKa' }), port);
  callee.send(callee.requestText('OPTIONS', { callId, branch: 'z9hG4bKb' }), port);
  callee.send(callee.requestText('INVITE', { callId: 'another' }), port);
  const bye = { callId, fromTag: 'raw', toTag: dialog.localTag, cseq: 7 };
  callee.send(callee.requestText('BYE', bye), port);
  await callee.response(200);
  assert.is((await ended).by, 'remote');
  assert.is(offered, 0);
  assert.is(agent.counters.strangers, 3);
  assert.is(callee.received.filter(each => each.kind === 'response').length, 1);

  // A repeated BYE finds the answer, not the silence: its transaction still holds the Call-ID.
  callee.send(callee.requestText('BYE', bye), port);
  await callee.response(200);
  assert.equal(await emptied(agent), NOTHING);
  // And then the call is forgotten.
  callee.send(callee.requestText('BYE', { ...bye, branch: 'z9hG4bKlate' }), port);
  while (agent.counters.strangers < 4) await new Promise<void>(again => setImmediate(again));
  assert.equal(agent.dump(), NOTHING);
  await Promise.all([agent.close(), callee.close()]);
});

test('a flood of strangers on TCP does not lock others out', async () => {
  let trustAll = false;
  const agent = await startAgent({ listeners: [tcp, udp], isTrusted: () => trustAll });
  const port = agent.listening[0]!.port;
  const sockets = Array.from({ length: 80 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  const refused = await Promise.all(
    sockets.slice(-1).map(socket => new Promise<boolean>(done => socket.once('close', () => done(true)))),
  );
  assert.equal(refused, [true]);
  assert.is(agent.dump().connections, 64);
  for (const socket of sockets) socket.destroy();
  while (agent.dump().connections > 0) await new Promise<void>(again => setImmediate(again));
  trustAll = true;
  agent.trustChanged();
  const peer = await new RawPeer().start();
  const socket = connect(port, '127.0.0.1');
  socket.write(peer.requestText('OPTIONS'));
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^SIP\/2\.0 200 /);
  socket.destroy();
  await Promise.all([agent.close(), peer.close()]);
});

test('a port that is taken is an error, and nothing stays bound', async () => {
  const blocker = createSocket('udp4');
  await new Promise<void>(bound => blocker.bind(0, '127.0.0.1', bound));
  const taken = { ...udp, port: blocker.address().port };
  try {
    await startAgent({ listeners: [tcp, taken] });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code: string }).code, 'sip.listen-failed');
    assert.match((error as Error).message, /EADDRINUSE/);
  }
  await new Promise<void>(done => blocker.close(done));
});

test.run();
