import net from 'node:net';
import * as assert from 'uvu/assert';
import { newCallId, RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own'], box: { config: { builtinNumbers: { allowFrom: ['127.0.0.1/32'] } } } });
const STRANGER = '127.0.0.2';

/** Once the box has answered somebody that it knows, it has long since dealt with what came before. */
async function boxHasCaughtUp(): Promise<void> {
  const friend = rig.keep(await RawSip.open(rig.box.sipAddress));
  friend.send(friend.request('OPTIONS', 'echo'));
  await until('the answer to a friend', () => friend.received.length > 0);
}

rig.test('a stranger hears nothing at all, whatever he sends over UDP', async () => {
  const stranger = rig.keep(await RawSip.open(rig.box.sipAddress, STRANGER));
  const callId = newCallId();
  for (const user of ['tone', 'echo', 'room-a', 'nobody', '100']) {
    stranger.send(stranger.request('INVITE', user, { body: stranger.offer(4000) }));
    for (const method of ['OPTIONS', 'REGISTER', 'BYE', 'CANCEL', 'ACK', 'MESSAGE', 'SUBSCRIBE', 'NONSENSE']) {
      stranger.send(stranger.request(method, user, { callId }));
    }
  }
  stranger.send('garbage');
  stranger.send('\r\n\r\n');
  stranger.send('INVITE sip:tone@x SIP/2.0\r\n\r\n');
  await boxHasCaughtUp();
  assert.equal(stranger.received, []);
  assert.equal(await rig.box.calls(), []);
});

rig.test('nor over TCP', async () => {
  const { host, tcpPort } = rig.box.facts.sip;
  const heard: Buffer[] = [];
  const socket = net.connect({ host, port: tcpPort, localAddress: STRANGER });
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  socket.on('data', chunk => heard.push(chunk));
  socket.on('error', () => {});
  socket.write(
    `OPTIONS sip:tone@${host}:${tcpPort} SIP/2.0\r\nVia: SIP/2.0/TCP ${STRANGER}:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@${STRANGER}>;tag=1\r\nTo: <sip:tone@${host}>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
  );
  await boxHasCaughtUp();
  assert.is(Buffer.concat(heard).toString('utf8'), '');
  socket.destroy();
  await closed;
});

rig.test('it makes no difference when a stranger claims to be a friend', async () => {
  const stranger = rig.keep(await RawSip.open(rig.box.sipAddress, STRANGER));
  const request = stranger.request('INVITE', 'tone', { body: stranger.offer(4000) }).replaceAll(STRANGER, '127.0.0.1');
  stranger.send(request);
  await boxHasCaughtUp();
  assert.equal(stranger.received, []);
  assert.equal(await rig.box.calls(), []);
});

rig.test('10,000 requests of strangers cost nothing that stays, and friends are served meanwhile', async () => {
  const before = rig.own.figures();
  const stranger = rig.keep(await RawSip.open(rig.box.sipAddress, STRANGER));
  const friend = rig.keep(
    await Sipp.start({
      scenario: 'call',
      user: 'echo',
      remote: rig.box.sipAddress,
      calls: 10,
      rate: 20,
      keys: { hold_ms: 50 },
    }),
  );
  for (let i = 0; i < 10_000; i++) {
    stranger.send(stranger.request('INVITE', `room-${i}`, { body: stranger.offer(4000) }));
    if (i % 100 === 99) await new Promise(resolve => setTimeout(resolve, 2));
  }
  await friend.succeeded();
  await rig.box.idle();
  assert.equal(stranger.received, []);
  const after = rig.own.figures();
  console.log(
    `memory ${before.residentKb} → ${after.residentKb} KB, open files ${before.openFiles} → ${after.openFiles}`,
  );
  assert.ok(after.openFiles <= before.openFiles + 2, `open files ${before.openFiles} → ${after.openFiles}`);
  assert.ok(after.residentKb < before.residentKb + 40_000, `memory ${before.residentKb} → ${after.residentKb} KB`);
});

rig.run();
