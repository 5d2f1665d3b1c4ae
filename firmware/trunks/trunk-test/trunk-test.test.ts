import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Negotiation } from '../../calls/negotiation.ts';
import { G711 } from '../../sdp/sdp.samples.ts';
import { newAuthority } from '../../sip/transport/certificates.fixture.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import { startAgent } from '../../sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../sip/user-agent/user-agent.ts';
import { type Box, configOf, startTrunks } from '../trunks.fixture.ts';
import { main } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'trunk-test-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const LISTENERS = [
  { transport: 'udp', host: '127.0.0.1' },
  { transport: 'tcp', host: '127.0.0.1' },
];

async function run(trunk: object, args: string[] = [], sip: object = {}) {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, JSON.stringify({ sip: { listeners: LISTENERS, ...sip }, trunks: [{ name: 'peer', ...trunk }] }));
  const lines: string[] = [];
  const code = await main(['peer', '--config', file, ...args], line => lines.push(line), 1500);
  return { code, text: lines.join('\n') };
}

const ACCOUNT = { username: 'box', password: 'box-secret' };

/** Answers calls with what it hears, or with nothing. */
async function startPeer(audio: 'echo' | 'deaf', security: 'none' | 'sdes' = 'none') {
  const digits = new Set<number>();
  const socket = createSocket('udp4');
  socket.on('message', (packet, { port, address }) => {
    if ((packet.readUInt8(1) & 0x7f) === 101) digits.add(packet.readUInt8(12));
    if (audio === 'echo') socket.send(packet, port, address);
  });
  await new Promise<void>(bound => socket.bind(0, '127.0.0.1', bound));
  const { port } = socket.address() as AddressInfo;
  const box: Box = await startTrunks(
    configOf([{ name: 'us', targets: ['registered'], registrations: true, login: ACCOUNT, optionsSeconds: 0 }]),
    {},
    {
      listeners: [
        { transport: 'udp', host: '127.0.0.1', port: 0 },
        { transport: 'tcp', host: '127.0.0.1', port: 0 },
      ],
    },
  );
  const info: string[] = [];
  box.agent.onInvite = (invite: IncomingInvite) => {
    const negotiation = new Negotiation(
      { address: '127.0.0.1', rtpPort: port, rtcpPort: port + 1 },
      { codecs: G711, security, digits: { accept: ['rfc4733'], send: 'rfc4733', removeInband: false } },
    );
    const outcome = negotiation.answer(invite.request.body);
    if (outcome.kind === 'held') return invite.reject(488);
    const dialog = invite.accept(negotiation.answered(outcome.answer, outcome.agreed));
    if (!dialog) return;
    dialog.listener = {
      ended: () => {},
      request: request => {
        info.push(request.body.toString().slice(0, 8));
        request.respond(200);
      },
    };
  };
  const close = async () => {
    await box.close();
    socket.close();
  };
  return { port: box.port, agent: box.agent, tcpPort: box.agent.listening[1]?.port ?? 0, digits, info, close };
}

test('a peer that is well is walked from its name to its echo, and nothing of ours stays there', async () => {
  const peer = await startPeer('echo');
  const { code, text } = await run({ targets: [`sip:127.0.0.1:${peer.port}`], auth: ACCOUNT, register: {} }, [
    '--number',
    '+442071234567',
  ]);
  assert.is(code, 0, text);
  for (const line of [
    /✓ dns/,
    /✓ options +200/,
    /✓ call/,
    /agreed: PCMU/,
    /✓ audio[^\n]*received/,
    /both ways: our own tone comes back$/m,
    /✓ dtmf +123#.*\n +123# came back$/m,
    /✓ bye +200/,
    /✓ register +as box/,
  ])
    assert.match(text, line);
  assert.not.match(text, ACCOUNT.password);
  assert.equal([...peer.digits], [1, 2, 3, 11]);
  assert.is(peer.agent.dump().dialogs, 0);

  const overTcp = await run({ targets: [`sip:127.0.0.1:${peer.tcpPort};transport=tcp`] });
  assert.is(overTcp.code, 0, overTcp.text);
  assert.match(overTcp.text, /✓ connect +tcp 127\.0\.0\.1:\d+ in \d+ ms\n✓ options +200/);
  await peer.close();
});

test('encrypted audio is measured too, and digits by INFO', async () => {
  const peer = await startPeer('deaf', 'sdes');
  const trunk = { targets: [`sip:127.0.0.1:${peer.port}`], auth: ACCOUNT, media: 'srtp', dtmf: { send: 'info' } };
  const { code, text } = await run(trunk, ['--number', '100']);
  assert.is(code, 1, text);
  assert.match(text, /SRTP, to 127/);
  assert.match(text, /✗ audio[^\n]*0 received/);
  assert.match(text, /→ no audio comes back/);
  assert.equal(peer.info, ['Signal=1', 'Signal=2', 'Signal=3', 'Signal=#']);
  assert.not.match(text, /inline:|crypto/);
  await peer.close();
});

test('what is wrong is said with what to change', async () => {
  const peer = await startPeer('echo');
  const target = `sip:127.0.0.1:${peer.port}`;
  const wrong = await run({ targets: [target], auth: { ...ACCOUNT, password: 'wrong-secret' }, register: {} });
  assert.is(wrong.code, 1);
  assert.match(wrong.text, /✗ register[\s\S]*403[\s\S]*→/);
  assert.match(wrong.text, /– call +no number/);
  assert.not.match(wrong.text, /wrong-secret/);
  await peer.close();

  const busy: UserAgent = await startAgent();
  const statusOf = async (status: number) => {
    busy.onInvite = invite => invite.reject(status);
    const { code, text } = await run({ targets: [`sip:127.0.0.1:${busy.listening[0]?.port}`] }, ['--number', '100']);
    assert.is(code, 1);
    return text;
  };
  assert.match(await statusOf(488), /✗ call +488[\s\S]*→ no codec or encryption in common/);
  assert.match(await statusOf(404), /→ the peer does not know the number/);
  assert.match(await statusOf(403), /→ the peer refuses us/);
  await busy.close();

  const silent = createSocket('udp4');
  await new Promise<void>(bound => silent.bind(0, '127.0.0.1', bound));
  const { text } = await run({ targets: [`sip:127.0.0.1:${silent.address().port};timeout=2000`] });
  assert.match(text, /✗ options[\s\S]*→ nothing came back/);
  silent.close();
  assert.match(
    (await run({ targets: ['sip:127.0.0.1:1;transport=tcp'] })).text,
    /✗ connect[\s\S]*→ nobody listens there/,
  );
  assert.match((await run({ targets: ['sip:[::1]:5060'] })).text, /✗ dns[\s\S]*→ sip.listeners needs one/);
});

test('a certificate is shown and judged', async () => {
  const authority = newAuthority('Test Authority');
  const ours = authority.issue('DNS:box.example');
  const theirs = authority.issue('DNS:peer.example');
  const [certificateFile, keyFile, caFile] = ['crt', 'key', 'ca'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(certificateFile, ours.cert);
  writeFileSync(keyFile, ours.key);
  writeFileSync(caFile, authority.cert);
  const sip = { listeners: [{ transport: 'tls', host: '127.0.0.1', certificateFile, keyFile }] };
  const peer = await startAgent({ listeners: [{ transport: 'tls', host: '127.0.0.1', port: 0, tls: theirs }] });
  const targets = [`sip:127.0.0.1:${peer.listening[0]?.port};transport=tls;timeout=2000`];
  const unknown = await run({ targets }, [], sip);
  assert.match(unknown.text, /certificate of test[\s\S]*issued by Test Authority/);
  assert.match(unknown.text, /→ nobody we trust has signed/);
  assert.match((await run({ targets, tls: { caFile } }, [], sip)).text, /→ the certificate names another host/);
  const pinned = await run({ targets, tls: { caFile, pins: [theirs.pin], verify: false } }, [], sip);
  assert.is(pinned.code, 0, pinned.text);
  assert.match(pinned.text, /✓ connect[\s\S]*its key is pinned[\s\S]*✓ options/);
  const other = await run({ targets, tls: { pins: [ours.pin], verify: false } }, [], sip);
  assert.match(other.text, new RegExp(`→ if this is the peer, its pin is ${theirs.pin.replace(/[+/]/g, '\\$&')}`));
  await peer.close();
});

test('what cannot be tried has exit code 2', async () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  assert.is(await main([], print), 2);
  assert.is(await main(['a', 'b'], print), 2);
  assert.is(await main(['a', '--other'], print), 2);
  assert.is(await main(['a', '--number', '1\r\n'], print), 2);
  assert.is(await main(['a', '--config', join(folder, 'none')], print), 2);
  assert.is(await main(['a'], print), 2);
  assert.match(lines.at(-1) ?? '', 'there is no trunk "a"');
});

test.run();
