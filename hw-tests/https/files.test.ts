import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority, type Certificate } from '../rig/certificates.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'h-'));
const [certificateFile, keyFile] = [path.join(folder, 'box.pem'), path.join(folder, 'box.key')];
const authority = new Authority();
let box: OwnBox;

const install = (issued: Certificate) => {
  copyFileSync(issued.certificateFile, certificateFile);
  copyFileSync(issued.keyFile, keyFile);
};

test.before(async () => {
  install(authority.issue('localhost', 'first.box.test'));
  box = await OwnBox.start({ http: { tls: { mode: 'files', certificateFile, keyFile } } });
});
test.after(async () => {
  await box?.close();
  authority.close();
  rmSync(folder, { recursive: true });
});

/** The names that are shown to a new connection. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(box.facts.http);
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw).subjectAltName ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function health(agent: https.Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(box.facts.http);
    const options = { host: '127.0.0.1', port, path: '/health', agent, rejectUnauthorized: false };
    https
      .get(options, answer => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
      })
      .on('error', reject);
  });
}

localTest('a certificate that was replaced is shown after SIGHUP, and open connections go on', async () => {
  assert.match(await shown(), 'first.box.test');
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  assert.is(await health(agent), 200);
  install(authority.issue('localhost', 'second.box.test'));
  process.kill(box.pid, 'SIGHUP');
  await until('the new one', async () => (await shown()).includes('second.box.test'));
  assert.is(await health(agent), 200);
  agent.destroy();
  await until('a word of it', () =>
    box.log().includes('the HTTPS certificate was replaced: new connections get the new one'),
  );
});

localTest('one that is broken is told of, and the former one stays', async () => {
  writeFileSync(certificateFile, 'half a certificate');
  process.kill(box.pid, 'SIGHUP');
  await until('a word of it', () => box.log().includes('the former one stays'));
  assert.match(await shown(), 'second.box.test');
  assert.match(box.log(), /box\.pem cannot be used: it holds no certificate in PEM/);
});

localTest('there is no authority of the box to be trusted', async () => {
  assert.is((await fetch(`${box.facts.http}/trust`)).status, 404);
  assert.not.ok(box.stateFiles().some(file => file.startsWith('https-')));
});

test.run();
