import net from 'node:net';
import * as assert from 'uvu/assert';
import { ipv6Torture, RFC_4475, RFC_5118, torture } from '../../firmware/sip/message/torture.samples.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['builtin'] });
const MESSAGES = [...RFC_4475.map(torture), ...RFC_5118.map(ipv6Torture)];

async function stillServes(): Promise<void> {
  const friend = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  friend.send(friend.request('OPTIONS', 'echo'));
  await until('an answer to OPTIONS', () => friend.received.some(text => text.startsWith('SIP/2.0 200')));
  assert.is(await rig.box.health(), 200);
}

rig.test('the torture messages of RFC 4475 and RFC 5118 over UDP leave the box as it was', async () => {
  const raw = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  for (const message of MESSAGES) {
    raw.send(message);
    await stillServes();
  }
  await rig.box.idle(80_000);
});

rig.test('the same over TCP, each on a connection of its own', async () => {
  const { host, tcpPort } = rig.box.facts.sip;
  await Promise.all(
    MESSAGES.map(async message => {
      const socket = net.connect({ host, port: tcpPort, localAddress: rig.us });
      socket.on('error', () => {});
      const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
      socket.resume().end(message);
      await closed;
    }),
  );
  await stillServes();
  await rig.box.idle(80_000);
});

rig.run();
