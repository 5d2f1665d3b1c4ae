import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { OwnBox, root } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { runProgram } from '../rig/run-program.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';

/** Where the names of the vendors lead in the program's world: port 443 there is forwarded to the box. */
const HERE = '127.0.0.7';
const NAMES = ['api.opentok.com', 'video.api.vonage.com', 'api.nexmo.com', 'rest.nexmo.com', 'api.twilio.com'];
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'token-of-the-test-0123456789';

/** As its author wrote it for the vendors: no host is named. */
const PROGRAM = `
import OpenTok from 'opentok';
import { Video } from '@vonage/video';
import { Voice } from '@vonage/voice';
import twilio from 'twilio';

const { apiKey, apiSecret, applicationId, privateKey, accountSid, authToken } = JSON.parse(process.argv[1]);
const session = await new Promise((resolve, reject) =>
  new OpenTok(apiKey, apiSecret).createSession({ mediaMode: 'routed' }, (error, made) => (error ? reject(error) : resolve(made))),
);
const video = await new Video({ applicationId, privateKey }).createSession();
const calls = await new Voice({ applicationId, privateKey }).getCallsPage();
const list = await twilio(accountSid, authToken).calls.list({ limit: 5 });
console.log(JSON.stringify([typeof session.sessionId, typeof video.sessionId, calls.count, list.length]));
`;

const keys = new ApplicationKeys();
let box: OwnBox;
let relay: TcpRelay;

test.before(async () => {
  box = await OwnBox.start({
    http: { tls: { vendorNames: true } },
    moreProjects: [{ vonage: { applicationId, publicKeyFile: keys.publicKeyFile }, twilio: { accountSid, authToken } }],
  });
  relay = await TcpRelay.open(
    { host: '127.0.0.1', port: Number(new URL(box.facts.http).port) },
    { host: HERE, port: 443 },
  );
});
test.after(async () => {
  await relay?.close();
  await box?.close();
  keys.close();
});

localTest('a program that names no host works by DNS and the trusted authority alone, with every SDK', async () => {
  const caFile = path.join(box.folder, 'ca.pem');
  writeFileSync(caFile, await (await fetch(`${box.facts.http}/trust/ca.pem`)).text());
  const hosts = path.join(box.folder, 'hosts');
  writeFileSync(hosts, NAMES.map(name => `${HERE} ${name}\n`).join(''));
  const account = JSON.stringify({
    ...box.facts.project,
    applicationId,
    privateKey: keys.privateKey,
    accountSid,
    authToken,
  });
  // A world of its own, in which another file is /etc/hosts.
  const inItsWorld = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
  const args = [
    '--mount',
    ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
    'sh',
    '-c',
    inItsWorld,
    'sh',
    hosts,
  ];
  const node = [process.execPath, '--input-type=module', '--eval', PROGRAM, account];
  const run = (env: NodeJS.ProcessEnv) =>
    runProgram('unshare', [...args, ...node], { cwd: root, env: { ...process.env, ...env } });
  const { code, stdout, stderr } = await run({ NODE_EXTRA_CA_CERTS: caFile });
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout), ['string', 'string', 0, 0]);
  assert.not.equal((await run({})).code, 0, 'without the authority nothing is trusted');
});

test.run();
