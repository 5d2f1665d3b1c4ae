import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Impairment, LossyRelay } from './lossy-relay.ts';
import { bindUdp, closeUdp } from './udp-socket.ts';
import { until } from './until.ts';

/** Sends 1,000 numbered packets through a relay to an echo; returns the numbers that came back. */
async function roundTrip(seed: number, impairment: Impairment, settled: (relay: LossyRelay) => boolean) {
  const echo = await bindUdp('127.0.0.1');
  echo.on('message', (datagram, from) => echo.send(datagram, from.port, from.address));
  const relay = await LossyRelay.open({ host: '127.0.0.1', port: echo.address().port }, seed, impairment);
  const client = await bindUdp('127.0.0.1');
  const back: number[] = [];
  client.on('message', datagram => back.push(datagram.readUInt32BE(0)));
  for (let i = 0; i < 1_000; i++) {
    const datagram = Buffer.alloc(4);
    datagram.writeUInt32BE(i);
    client.send(datagram, relay.port, '127.0.0.1');
    // No faster than it reads: what the kernel drops would not be the relay's doing.
    if (i % 20 === 19) await until('the relay to read', () => relay.toTarget.passed + relay.toTarget.lost === i + 1);
  }
  await until('every packet to be passed or lost', () => settled(relay), { state: () => relay });
  await relay.close();
  await Promise.all([closeUdp(echo), closeUdp(client)]);
  return { relay, back };
}

const all = ({ toTarget, toClient }: LossyRelay) =>
  toTarget.passed + toTarget.lost === 1_000 && toClient.passed + toClient.lost === toTarget.passed;

test('loses the share that was asked for, each way, and the same packets for the same seed', async () => {
  const { relay } = await roundTrip(7, { loss: 0.3 }, all);
  const again = await roundTrip(7, { loss: 0.3 }, all);
  assert.equal([again.relay.toTarget.lost, again.relay.toClient.lost], [relay.toTarget.lost, relay.toClient.lost]);
  assert.ok(relay.toTarget.lost > 250 && relay.toTarget.lost < 350, String(relay.toTarget.lost));
  assert.ok(relay.toClient.lost > 150 && relay.toClient.lost < 270, String(relay.toClient.lost));
});

test('passes everything when nothing is asked for', async () => {
  const { back } = await roundTrip(7, {}, relay => relay.toClient.passed === 1_000);
  assert.ok(back.length > 0);
  assert.equal(
    back,
    [...back].sort((a, b) => a - b),
  );
});

test('duplicates and reorders', async () => {
  const duplicated = await roundTrip(7, { duplicate: 0.2 }, relay => relay.toClient.passed > 1_150);
  assert.ok(duplicated.back.length > 1_150);
  const reordered = await roundTrip(7, { reorder: 0.2 }, relay => relay.toTarget.passed === 1_000);
  assert.not.equal(
    reordered.back,
    [...reordered.back].sort((a, b) => a - b),
  );
});

test.run();
