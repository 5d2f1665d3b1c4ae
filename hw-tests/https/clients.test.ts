import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OwnBox, root } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { runProgram } from '../rig/run-program.ts';
import { until } from '../rig/until.ts';

let box: OwnBox;
let port: string;
let caFile: string;

test.before(async () => {
  box = await OwnBox.start();
  port = new URL(box.facts.http).port;
  caFile = path.join(box.folder, 'ca.pem');
  writeFileSync(caFile, await (await fetch(`${box.facts.http}/trust/ca.pem`)).text());
});
test.after(() => box?.close());

/** A program of an application's author, who has only been told to trust the box's authority. */
function node(program: string, ...args: string[]) {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile };
  return runProgram(process.execPath, ['--input-type=module', '--eval', program, ...args], { cwd: root, env });
}

function client(...args: string[]) {
  return runProgram('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', caFile, ...args]);
}

localTest('curl trusts the box under its names and addresses once it has the authority, and not before', async () => {
  for (const host of ['localhost', '127.0.0.1']) {
    const trusted = await runProgram('curl', ['-sS', '--cacert', caFile, `https://${host}:${port}/health`]);
    assert.is(trusted.code, 0, trusted.stderr);
    assert.is(JSON.parse(trusted.stdout).status, 'ready');
  }
  const stranger = await runProgram('curl', ['-sS', `https://localhost:${port}/health`]);
  // CURLE_PEER_FAILED_VERIFICATION
  assert.is(stranger.code, 60, stranger.stderr);
  const byName = ['--resolve', `test-box:${port}:127.0.0.1`, `https://test-box:${port}/health`];
  assert.is((await runProgram('curl', ['-sS', '--cacert', caFile, ...byName])).code, 0);
  const foreign = ['--resolve', `api.twilio.com:${port}:127.0.0.1`, `https://api.twilio.com:${port}/health`];
  assert.is((await runProgram('curl', ['-sS', '--cacert', caFile, ...foreign])).code, 60);
});

localTest('OpenSSL is spoken to in TLS 1.2 and 1.3, and refused in 1.1', async () => {
  for (const [version, name] of [
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ] as const) {
    const { stdout, stderr } = await client(version, '-verify_return_error', '-verify_hostname', 'localhost');
    assert.match(stdout, /Verify return code: 0 \(ok\)/, stderr);
    assert.match(stdout, new RegExp(`(Protocol *: |New, )${name}`));
  }
  const old = await client('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
  assert.is.not(old.code, 0);
  assert.match(old.stderr, /alert protocol version/);
});

localTest("Node's fetch works with NODE_EXTRA_CA_CERTS", async () => {
  const { code, stdout, stderr } = await node(
    `const answer = await fetch('https://localhost:${port}/health'); console.log(answer.status);`,
  );
  assert.is(code, 0, stderr);
  assert.is(stdout.trim(), '200');
});

localTest('the official SDK leads a call over https', async () => {
  const { apiKey, apiSecret } = box.facts.project;
  const { code, stdout, stderr } = await node(
    `import OpenTok from 'opentok';
    const [key, secret, url, uri] = process.argv.slice(1);
    const sdk = new OpenTok(key, secret, url);
    const called = run => new Promise((ok, no) => run((error, result) => (error ? no(error) : ok(result))));
    const { sessionId } = await called(back => sdk.createSession({ mediaMode: 'routed' }, back));
    const call = await called(back => sdk.dial(sessionId, sdk.generateToken(sessionId), uri, {}, back));
    await called(back => sdk.forceDisconnect(sessionId, call.connectionId, back));
    console.log(call.id);`,
    apiKey,
    apiSecret,
    `https://localhost:${port}`,
    `sip:tone@127.0.0.1:${box.facts.sip.udpPort}`,
  );
  assert.is(code, 0, stderr);
  assert.match(stdout.trim(), /^[0-9a-f-]{36}$/);
});

localTest(
  'the start-up card names the https address and the fingerprint of the authority that /trust gives',
  async () => {
    const der = new Uint8Array(await (await fetch(`${box.facts.http}/trust/ca.crt`)).arrayBuffer());
    const { fingerprint256 } = new X509Certificate(der);
    for (const told of [`https://127.0.0.1:${port}`, '/trust', fingerprint256])
      assert.ok(box.log().includes(told), told);
    assert.ok((await (await fetch(`${box.facts.http}/trust`)).text()).includes(fingerprint256));
    assert.not.match(box.log(), /PRIVATE KEY/);
  },
);

localTest('two hundred connections that say nothing are dropped after ten seconds, and keep nobody out', async () => {
  let open = 0;
  const sockets = Array.from({ length: 200 }, () => {
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.on('connect', () => open++);
    socket.on('error', () => {});
    socket.on('close', () => open--);
    return socket.resume();
  });
  await until('all to be open', () => open === 200);
  const answer = await runProgram('curl', ['-sS', '--cacert', caFile, `https://localhost:${port}/health`]);
  assert.is(answer.code, 0, answer.stderr);
  await until('all to be dropped', () => open === 0, { limitMs: 20_000, state: () => open });
  for (const socket of sockets) socket.destroy();
});

localTest('a box that starts again has the same authority and the same certificate', async () => {
  const shown = async () =>
    (await client('-showcerts')).stdout.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/)?.[0];
  const before = await shown();
  assert.ok(before);
  await box.stop();
  await box.startAgain();
  assert.is(await shown(), before);
});

test.run();
