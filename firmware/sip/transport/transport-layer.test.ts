import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import { Admission } from './admission.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { Hop } from './hop.ts';
import { sizeOf } from './large-request.ts';
import type { ListenerOptions } from './listener.ts';
import { STREAM_LIMITS } from './stream-limits.ts';
import { closed, startPeer, until } from './stream-pool.fixture.ts';
import { type Arrival, type Tap, TransportLayer } from './transport-layer.ts';
import { viaValue } from './via-routing.ts';

const UDP: ListenerOptions = { transport: 'udp', host: '127.0.0.1', port: 0 };
const TCP: ListenerOptions = { transport: 'tcp', host: '127.0.0.1', port: 0 };

interface Options {
  listeners?: ListenerOptions[];
  trusted?: boolean;
  gatekeeper?: Gatekeeper;
  tap?: Tap;
}

async function start({ listeners = [UDP], trusted = false, gatekeeper, tap }: Options = {}) {
  const clock = new ManualClock();
  const admission = new Admission(clock, () => trusted);
  const arrived: { request: SipRequest; arrival: Arrival }[] = [];
  const known = new Set<string>();
  const responses: number[] = [];
  const parts = { listeners, admission, clock, log: silentLog, streamLimits: STREAM_LIMITS, tap, gatekeeper };
  const layer = new TransportLayer(parts);
  await layer.start({
    incoming: (request, arrival) => void arrived.push({ request, arrival }),
    response: ({ status }) => void responses.push(status),
    holds: (_, via) => known.has(via.params.get('branch') ?? ''),
  });
  const local = layer.locals[0]!;
  return { clock, admission, layer, local, arrived, responses, known };
}

/** A UDP peer of a test; `next` gives what it hears, in order. */
async function udpPeer(port: number) {
  const socket = createSocket('udp4');
  await new Promise<void>(bound => socket.bind(0, '127.0.0.1', bound));
  const heard: string[] = [];
  socket.on('message', datagram => void heard.push(datagram.toString()));
  let taken = 0;
  const next = async () => {
    await until(() => heard.length > taken);
    return heard[taken++]!;
  };
  const send = (text: string | Buffer) => socket.send(text, port, '127.0.0.1');
  const close = () => new Promise<void>(done => socket.close(done));
  return { socket, port: (socket.address() as AddressInfo).port, heard, next, send, close };
}

interface Text {
  method?: string;
  callId?: string;
  branch?: string;
  toTag?: string;
  user?: string;
  transport?: string;
}

function text({ method = 'REGISTER', callId = 'c', branch = 'z9hG4bKa', toTag, user, transport = 'UDP' }: Text = {}) {
  const lines = [
    `${method} sip:box SIP/2.0`,
    `Via: SIP/2.0/${transport} 192.0.2.1;branch=${branch};rport`,
    'From: <sip:a@b>;tag=f',
    `To: <sip:a@b>${toTag ? `;tag=${toTag}` : ''}`,
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    ...(user ? [`Authorization: ${user}`] : []),
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Lets everybody in who names a user; "mallory" is refused, "nobody" met with silence. */
const gatekeeper: Gatekeeper = {
  admit(request) {
    const user = request.headers.get('Authorization');
    if (user === 'nobody') return { kind: 'silence' };
    if (user === 'mallory') return { kind: 'answer', status: 403, headers: [] };
    if (user !== undefined) return { kind: 'admit', user };
    return { kind: 'answer', status: 401, headers: [['WWW-Authenticate', 'Digest realm="box"']] };
  },
};

test('a stranger is challenged without anything being kept, and let in once it says who it is', async () => {
  const { layer, local, arrived } = await start({ gatekeeper });
  const peer = await udpPeer(local.port);
  const tags = new Set<string>();
  for (let i = 0; i < 2; i++) {
    peer.send(text({ method: 'INVITE' }));
    const challenge = await peer.next();
    assert.match(challenge, /^SIP\/2\.0 401 /);
    assert.match(challenge, /WWW-Authenticate: Digest realm="box"/);
    assert.match(challenge, new RegExp(`;rport=${peer.port}.*;received=127\\.0\\.0\\.1`));
    tags.add(/^To: .*;tag=(\w+)/m.exec(challenge)![1]!);
  }
  // RFC 3261 §8.2.7: the same tag each time.
  assert.is(tags.size, 1);
  // The ACK of the 401 gets nothing.
  peer.send(text({ method: 'ACK', toTag: [...tags][0]! }));
  peer.send(text({ method: 'INVITE', user: 'mallory' }));
  assert.match(await peer.next(), /^SIP\/2\.0 403 /);
  peer.send(text({ method: 'INVITE', user: 'nobody' }));
  peer.send(text({ method: 'CANCEL', user: 'alice' }));
  peer.send(text({ method: 'INVITE', user: 'alice' }));
  await until(() => arrived.length === 1);
  const { arrival } = arrived[0]!;
  assert.equal([arrival.user, arrival.trusted], ['alice', true]);
  const { strangers, challenged, authenticated, received, limited } = layer.counters;
  assert.equal(
    { strangers, challenged, authenticated, received, limited },
    {
      strangers: 6,
      challenged: 3,
      authenticated: 1,
      received: 1,
      limited: 0,
    },
  );
  assert.is(peer.heard.length, 3);
  await Promise.all([layer.close(), peer.close()]);
});

test('a flood of one stranger is answered forty times and then twenty a second', async () => {
  const { clock, layer, local } = await start({ gatekeeper });
  const peer = await udpPeer(local.port);
  const flood = async (count: number) => {
    const before = layer.counters.strangers;
    for (let i = 0; i < count; i++) peer.send(text());
    await until(() => layer.counters.strangers === before + count);
  };
  await flood(100);
  assert.equal([layer.counters.challenged, layer.counters.limited], [40, 60]);
  clock.advance(1000);
  await flood(100);
  assert.is(layer.counters.challenged, 60);
  await Promise.all([layer.close(), peer.close()]);
});

test('with a Call-ID that is held, what is new has to prove itself again; what is known has not', async () => {
  const { admission, layer, local, arrived, known } = await start({ gatekeeper });
  const peer = await udpPeer(local.port);
  admission.hold('c');
  known.add('z9hG4bKold');
  peer.send(text({ branch: 'z9hG4bKnew' }));
  assert.match(await peer.next(), /^SIP\/2\.0 401 /);
  assert.is(arrived.length, 0);
  peer.send(text({ branch: 'z9hG4bKold' }));
  peer.send(text({ method: 'BYE', toTag: 'x' }));
  peer.send(text({ method: 'CANCEL' }));
  await until(() => arrived.length === 3);
  for (const { arrival } of arrived) assert.equal([arrival.trusted, arrival.user], [false, null]);
  peer.send(text({ branch: 'z9hG4bKnew', user: 'alice' }));
  await until(() => arrived.length === 4);
  assert.equal([arrived[3]!.arrival.trusted, arrived[3]!.arrival.user], [true, 'alice']);
  await Promise.all([layer.close(), peer.close()]);
});

test('over TCP a challenge leaves the connection open, a refusal or anything else ends it', async () => {
  const { layer, local, arrived } = await start({ listeners: [TCP], gatekeeper });
  const socket = connect(local.port, '127.0.0.1');
  socket.write(text({ transport: 'TCP' }));
  assert.match(String((await once(socket, 'data'))[0]), /^SIP\/2\.0 401 /);
  socket.write(text({ transport: 'TCP', user: 'alice' }));
  await until(() => arrived.length === 1);
  arrived[0]!.arrival.reply(Buffer.from('answer'));
  assert.is(String((await once(socket, 'data'))[0]), 'answer');
  // Let in once, it is not cut off for a mistake.
  socket.write(text({ transport: 'TCP', user: 'mallory' }));
  assert.match(String((await once(socket, 'data'))[0]), /^SIP\/2\.0 403 /);
  assert.is(layer.connections, 1);
  socket.destroy();
  const refused: [sent: string, heard: RegExp][] = [
    [text({ transport: 'TCP', user: 'mallory' }), /^SIP\/2\.0 403 /],
    [text({ transport: 'TCP', user: 'nobody' }), /^$/],
    ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
    ['GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n', /^$/],
  ];
  for (const [sent, heard] of refused) {
    const stranger = connect(local.port, '127.0.0.1');
    let all = '';
    stranger.on('data', chunk => {
      all += chunk;
    });
    stranger.on('error', () => {});
    stranger.write(sent);
    await closed(stranger);
    assert.match(all, heard);
  }
  await layer.close();
});

test('junk is dropped unread, whoever sends it, and counted; keep-alives are no junk', async () => {
  for (const trusted of [true, false]) {
    const { layer, local, arrived } = await start({ trusted, gatekeeper });
    const peer = await udpPeer(local.port);
    const junk = [
      Buffer.alloc(172, 0x80),
      Buffer.alloc(1400),
      'GET / HTTP/1.1\r\nHost: sip\r\n\r\n',
      'x'.repeat(40_000),
    ];
    for (const each of junk) peer.send(each);
    for (const each of ['\r\n\r\n', '\0', '']) peer.send(each);
    await until(() => layer.counters.junk + layer.counters.keepAlives === junk.length + 3);
    assert.equal([layer.counters.junk, layer.counters.received, layer.counters.sent], [junk.length, 0, 0]);
    assert.equal([arrived, peer.heard], [[], []]);
    await Promise.all([layer.close(), peer.close()]);
  }
});

test('a message over 64 KiB on a stream is answered 513 if its sender is trusted', async () => {
  const { layer, local } = await start({ listeners: [TCP], trusted: true });
  const socket = connect(local.port, '127.0.0.1');
  let heard = '';
  socket.on('data', chunk => {
    heard += chunk;
  });
  socket.write(text({ transport: 'TCP' }).replace('Content-Length: 0', 'Content-Length: 70000'));
  await closed(socket);
  assert.match(heard, /^SIP\/2\.0 513 [\s\S]*Call-ID: c\r\n/);
  assert.is(layer.counters.malformed, 1);
  await layer.close();
});

test('the tap sees what was admitted and what is sent, and nothing of strangers', async () => {
  const seen: string[] = [];
  const tap: Tap = (direction, bytes, local, remote) =>
    void seen.push(`${direction} ${bytes.toString().split('\r\n', 1)[0]} ${local.port} ${remote.port}`);
  const { layer, local, arrived } = await start({ gatekeeper, tap });
  const peer = await udpPeer(local.port);
  peer.send(text({ user: 'nobody' }));
  peer.send(text());
  await peer.next();
  peer.send(text({ user: 'alice' }));
  await until(() => arrived.length === 1);
  arrived[0]!.arrival.reply(Buffer.from('SIP/2.0 200 OK\r\n\r\n'));
  await peer.next();
  const ends = `${local.port} ${peer.port}`;
  assert.equal(seen, [
    `out SIP/2.0 401 Unauthorized ${ends}`,
    `in REGISTER sip:box SIP/2.0 ${ends}`,
    `out SIP/2.0 200 OK ${ends}`,
  ]);
  const { udp, tcp } = layer.counters.traffic;
  assert.equal([udp.messagesIn, udp.messagesOut, tcp.messagesIn], [1, 2, 0]);
  assert.is(udp.bytesIn, text({ user: 'alice' }).length);
  await Promise.all([layer.close(), peer.close()]);
});

test('our public address is read from what trusted peers say, and shown only where that is wanted', async () => {
  for (const [trusted, learnAddress] of [
    [true, true],
    [true, false],
    [false, true],
  ] as const) {
    const { admission, layer, local, responses } = await start({ trusted, listeners: [{ ...UDP, learnAddress }] });
    admission.hold('c');
    const peer = await udpPeer(local.port);
    const own = local.sentBy;
    const answer = (via: string) =>
      `SIP/2.0 200 OK\r\nVia: ${via}\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:a@b>;tag=t\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n`;
    const before = viaValue(local, 'z9hG4bKa');
    // As we are; then from outside of a NAT, twice; then from inside again.
    const seen = ['', ';received=203.0.113.7;rport=40000', ';received=203.0.113.7;rport=40000'];
    for (const each of [...seen, `;received=127.0.0.1;rport=${local.port}`]) {
      peer.send(answer(before.replace(';rport', each)));
    }
    await until(() => responses.length === 4);
    assert.is(layer.counters.misdirected, 0);
    assert.equal(layer.publicAddressOf(local), trusted ? { host: '203.0.113.7', port: 40000 } : null);
    assert.is(layer.publicAddressChanges, trusted ? 1 : 0);
    assert.is(local.sentBy, trusted && learnAddress ? '203.0.113.7:40000' : own);
    // What is learned stays, though a peer in our own network sees us as we are.
    peer.send(answer(viaValue(local, 'z9hG4bKb').replace(';rport', `;received=127.0.0.1;rport=${local.port}`)));
    await until(() => responses.length === 5);
    assert.is(local.sentBy, trusted && learnAddress ? '203.0.113.7:40000' : own);
    await Promise.all([layer.close(), peer.close()]);
  }
});

test('a large request is to go over TCP, and over UDP where TCP was refused', async () => {
  const { clock, layer, local } = await start({ listeners: [UDP, TCP] });
  const peer = await startPeer();
  await peer.close();
  const hop: Hop = { ...peer.hop, transport: 'udp' };
  const transports = (to: Hop, bytes: number) => layer.forSize(to, bytes).map(each => each.transport);
  assert.equal(transports(hop, 1300), ['udp']);
  assert.equal(transports(hop, 1301), ['tcp', 'udp']);
  assert.equal(transports({ ...hop, transport: 'tls' }, 5000), ['tls']);
  // No TCP listener for that family.
  assert.equal(transports({ ...hop, address: '::1' }, 5000), ['udp']);

  const [tcp] = layer.forSize(hop, 5000);
  await new Promise<Error>(failed => layer.send(Buffer.from('x'), tcp!, layer.localFor(tcp!, local), failed));
  assert.equal(transports(hop, 5000), ['udp']);
  clock.advance(600_000);
  assert.equal(transports(hop, 5000), ['tcp', 'udp']);
  await layer.close();
});

test('the size of a request is told well enough before its Via is written', () => {
  const headers = Headers.of([
    ['From', '"Ünïcode" <sip:a@b>;tag=f'],
    ['Contact', '<sip:x@192.0.2.1>'],
  ]);
  const request: SipRequest = { kind: 'request', method: 'INVITE', uri: 'sip:b@c', headers, body: Buffer.alloc(500) };
  const exact = serialise(request).length;
  assert.ok(sizeOf(request) > exact && sizeOf(request) < exact + 200, `${sizeOf(request)} ${exact}`);
});

test('the receive buffer is as large as the kernel lets it be', async () => {
  const { layer, local } = await start();
  const [buffer] = layer.receiveBuffers;
  assert.is(buffer!.local, local);
  assert.ok(buffer!.bytes >= 212_992, `${buffer!.bytes}`);
  await layer.close();
});

test('who is trusted is asked once for many messages, and again when it may have changed', async () => {
  const clock = new ManualClock();
  let asked = 0;
  let trusted = false;
  const admission = new Admission(clock, () => {
    asked += 1;
    return trusted;
  });
  const source = { transport: 'udp', address: '192.0.2.1', port: 1 } as const;
  for (let port = 1; port < 100; port++) assert.not(admission.trusts({ ...source, port }));
  assert.is(asked, 1);
  assert.not(admission.trusts({ ...source, transport: 'tls' }));
  trusted = true;
  assert.not(admission.trusts(source));
  admission.trustChanged();
  assert.ok(admission.trusts(source));
  trusted = false;
  clock.advance(2000);
  assert.not(admission.trusts(source));
  assert.is(asked, 4);
});

test.run();
