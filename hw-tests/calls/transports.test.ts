import net from 'node:net';
import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { startPhone } from '../rig/phones.ts';
import { newBranch, newCallId, RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: { config: { builtinNumbers: { allowFrom: ['127.0.0.1/32'] } } },
});
/** Nobody that the box knows. */
const STRANGER = '127.0.0.2';
/** RFC 3261 §18.1.1: the rest of an INVITE of ours is less than a kilobyte. */
const LARGE = { 'X-Large': 'x'.repeat(1_400) };

/** A TCP connection to the box, and all that came back on it. */
class Stream {
  text = '';
  closed = false;
  readonly #socket: net.Socket;

  static async open(host = '127.0.0.1'): Promise<Stream> {
    const { host: box, tcpPort } = rig.box.facts.sip;
    const socket = net.connect({ host: box, port: tcpPort, localAddress: host });
    const stream = rig.keep(new Stream(socket));
    await until('a connection', () => socket.readyState === 'open' || stream.closed);
    return stream;
  }

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', chunk => {
      this.text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      this.closed = true;
    });
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** As far as `seen`. */
  heard(seen: RegExp): Promise<string> {
    return until(`${seen} on a connection`, () => seen.test(this.text) && this.text, { state: () => this.text });
  }

  close(): void {
    this.#socket.destroy();
  }
}

function options(host = '127.0.0.1', contentLength = 0): string {
  return [
    'OPTIONS sip:tone@box SIP/2.0',
    `Via: SIP/2.0/TCP ${host}:9;branch=${newBranch()}`,
    'Max-Forwards: 70',
    `From: <sip:a@${host}>;tag=1`,
    'To: <sip:tone@box>',
    `Call-ID: ${newCallId()}`,
    'CSeq: 1 OPTIONS',
    `Content-Length: ${contentLength}`,
    '',
    '',
  ].join('\r\n');
}

/** Once a friend has been answered over UDP, the box has long since dealt with what came before. */
async function boxHasCaughtUp(): Promise<void> {
  const friend = rig.keep(await RawSip.open(rig.box.sipAddress));
  friend.send(friend.request('OPTIONS', 'echo'));
  await until('the answer to a friend', () => friend.received.length > 0);
}

rig.test('a ping of a peer that we know (CRLFCRLF) is answered by CRLF, in the midst of its messages', async () => {
  const stream = await Stream.open();
  stream.write(options());
  await stream.heard(/^SIP\/2\.0 200 [\s\S]*\r\n\r\n$/);
  stream.text = '';
  stream.write('\r\n\r\n');
  await stream.heard(/^\r\n$/);
  stream.text = '';
  stream.write(`\r\n\r\n${options()}\r\n\r\n`);
  await stream.heard(/^\r\nSIP\/2\.0 200 [\s\S]*\r\n\r\n\r\n$/);
});

rig.test('a stranger’s pings are not answered', async () => {
  const stream = await Stream.open(STRANGER);
  stream.write('\r\n\r\n');
  await boxHasCaughtUp();
  assert.is(stream.text, '');
});

rig.test('a message in single bytes is heard, and so are three in one packet', async () => {
  const stream = await Stream.open();
  for (const byte of options()) stream.write(byte);
  await stream.heard(/^SIP\/2\.0 200 /);
  stream.text = '';
  stream.write(options() + options() + options());
  await until('three answers', () => stream.text.split('SIP/2.0 200 ').length === 4);
});

rig.test('a message of more than 64 KiB is told so (513) and ends its connection, and no other', async () => {
  const [large, other] = [await Stream.open(), await Stream.open()];
  large.write(options('127.0.0.1', 70_000));
  await large.heard(/^SIP\/2\.0 513 /);
  await until('the end of the connection', () => large.closed);
  other.write(options());
  await other.heard(/^SIP\/2\.0 200 /);
});

rig.test(
  'half messages and idle strangers are cut off after ten seconds; who is known is served meanwhile',
  async () => {
    const begun = Date.now();
    const half = await Stream.open();
    half.write(options().slice(0, 150));
    const slow = await Stream.open();
    const text = options();
    let sent = 0;
    const trickle = setInterval(() => slow.write(text[sent++] ?? ''), 500);
    const idle = await Promise.all(Array.from({ length: 70 }, () => Stream.open(STRANGER)));
    try {
      await boxHasCaughtUp();
      // Of one source 64 strangers find room.
      await until('the refusals', () => idle.filter(({ closed }) => closed).length === 6);
      const friend = await Stream.open();
      friend.write(options());
      await friend.heard(/^SIP\/2\.0 200 /);
      await until('all to be cut off', () => half.closed && slow.closed && idle.every(({ closed }) => closed), {
        limitMs: 14_000,
      });
      assert.ok(Date.now() - begun > 9_000);
      assert.is(half.text + slow.text + idle.map(each => each.text).join(''), '');
      assert.ok(!friend.closed, 'one that has spoken stays');
      const again = await Stream.open(STRANGER);
      await boxHasCaughtUp();
      assert.ok(!again.closed, 'there is room again');
    } finally {
      clearInterval(trickle);
    }
  },
);

rig.test('calls to one peer share a connection', async () => {
  const { application } = rig.box;
  const port = await freePort();
  const peers = new Set<net.Socket>();
  // SIPp listens behind a door that counts.
  const phone = await startPhone(rig, { frequencyHz: 500, transport: 'tcp', keys: { contact_port: port }, calls: 2 });
  const door = net.createServer(socket => {
    peers.add(socket);
    const inner = net.connect(phone.sip.port, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    for (const each of [socket, inner]) each.on('error', () => {});
    socket.once('close', () => inner.destroy());
  });
  await new Promise<void>(bound => door.listen(port, '127.0.0.1', bound));
  rig.keep({
    close: () => {
      for (const socket of peers) socket.destroy();
      door.close();
    },
  });
  for (let call = 1; call <= 2; call++) {
    const session = await application.createSession();
    const { connectionId } = await application.dial(session, `sip:bob@127.0.0.1:${port};transport=tcp`);
    await rig.webhook.state(connectionId, 'ACTIVE');
    await application.hangUp(session, connectionId);
    await until('the end', () => phone.sip.log.filter(line => line.startsWith('ENDED')).length === call);
  }
  assert.is(peers.size, 1);
});

for (const [transport, headers] of [
  ['tcp', LARGE],
  ['udp', LARGE],
  ['udp', {}],
] as const) {
  const size = Object.keys(headers).length > 0 ? 'too large for a datagram' : 'of usual size';
  const only =
    transport === 'tcp' ? 'goes over TCP, and so does all its call' : 'goes over UDP where nobody listens to TCP';
  rig.test(`an INVITE ${size} ${only}`, async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 500, transport });
    const session = await application.createSession();
    // No ;transport=: it is for us to choose.
    const uri = `sip:bob@127.0.0.1:${phone.sip.port}`;
    const { connectionId } = await application.dial(session, uri, { headers });
    await rig.webhook.state(connectionId, 'ACTIVE');
    const [invite = ''] = phone.sip.requests('INVITE');
    assert.is(invite.length > 1_300, 'X-Large' in headers);
    assert.match(invite, new RegExp(`^Via: SIP/2\\.0/${transport.toUpperCase()} `, 'm'));
    await application.hangUp(session, connectionId);
    await phone.sip.logged('ENDED');
    assert.match(phone.sip.requests('BYE')[0] ?? '', new RegExp(`^Via: SIP/2\\.0/${transport.toUpperCase()} `, 'm'));
  });
}

rig.run();
