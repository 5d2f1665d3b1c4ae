import net from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { processesWith } from '../rig/processes.ts';
import { localTest } from '../rig/rig.ts';
import { ConfigFolder, rightConfig } from '../rig/run-box.ts';
import { bindUdp, closeUdp } from '../rig/udp-socket.ts';
import { until } from '../rig/until.ts';

function occupyTcp(port: number): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(() => new Promise(done => server.close(() => done())));
    });
  });
}

async function occupyUdp(port: number): Promise<() => Promise<void>> {
  const socket = await bindUdp('127.0.0.1', port);
  return () => closeUdp(socket);
}

/** What is occupied, where its port stands in the configuration, and who takes it. */
const occupied = [
  ['HTTP', /(\n {2}port: )\d+/, occupyTcp],
  ['SIP over UDP', /(transport: udp, host: 127\.0\.0\.1, port: )\d+/, occupyUdp],
  ['SIP over TCP', /(transport: tcp, host: 127\.0\.0\.1, port: )\d+/, occupyTcp],
  ['MQTT', /(embedded: \{ host: 127\.0\.0\.1, port: )\d+/, occupyTcp],
] as const;

for (const [what, place, occupy] of occupied) {
  localTest(`the port of ${what} is taken: it says which, ends, and leaves nothing running`, async () => {
    const port = await freePort();
    const free = await occupy(port);
    const folder = new ConfigFolder((await rightConfig()).replace(place, `$1${port}`));
    const { code, output } = await folder.run('firmware/main.js', ['--config', folder.file]);
    assert.is(code, 1, output);
    assert.match(output, new RegExp(`cannot start: .*${port}`));
    assert.not.match(output, /is ready/);
    assert.not.match(output, /\n\s+at .*\.js:\d+/, 'no stack');
    await until('its media worker to end', () => processesWith(folder.folder).length === 0, { limitMs: 15_000 });
    folder.close();
    await free();
  });
}

test.run();
