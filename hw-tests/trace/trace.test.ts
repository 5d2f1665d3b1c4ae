import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { send } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER, HOST] = ['127.0.0.2', '127.0.0.3', '127.0.0.1'];
const [carrierPort, lockedPort, udp6Port] = [await freePort(CARRIER), await freePort(CARRIER), await freePort('::1')];
const sipPort = await freePort(HOST);
const PASSWORD = 'correct-horse';

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      sip: {
        listeners: [
          { transport: 'udp', host: HOST, port: sipPort },
          { transport: 'tcp', host: HOST, port: sipPort },
          { transport: 'udp', host: '::1', port: udp6Port },
        ],
      },
      trunks: [
        { name: 'pbx', sources: [PBX, '::1'], media: 'prefer-srtp' },
        { name: 'carrier', targets: [`sip:${CARRIER}:${carrierPort}`], optionsSeconds: 0 },
        {
          name: 'locked',
          targets: [`sip:${CARRIER}:${lockedPort}`],
          optionsSeconds: 0,
          auth: { username: 'box', password: PASSWORD },
        },
      ],
      numbers: [
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', to: { forward: ['trunk:locked'] } },
        { number: '300', to: { reject: 603 } },
      ],
    },
  },
});

/** The rig looks for the usual listeners; these are the ones of the configuration above. */
const box = { sipAddress: { host: HOST, port: sipPort } };
const folder = () => path.join(rig.own.folder, 'state/traces');
const files = () => readdirSync(folder()).filter(name => name.endsWith('.json'));
const idOf = (file: string) => /-([0-9a-f-]{36})\.json$/.exec(file)?.[1] ?? '';

async function ladder(id: string): Promise<string> {
  const { status, text } = await rig.box.asOperator('GET', `/device/calls/${id}/trace`);
  assert.is(status, 200, text);
  return text;
}

/** The pcap of a call, as tcpdump tells it; not a word of complaint. */
async function packets(id: string): Promise<string> {
  const answer = await fetch(`${rig.box.facts.http}/device/calls/${id}/trace?format=pcap`, {
    headers: { authorization: `Bearer ${rig.box.facts.operatorToken}` },
  });
  assert.is(answer.headers.get('content-type'), 'application/vnd.tcpdump.pcap');
  const file = path.join(rig.own.folder, 'trace.pcap');
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const text = execFileSync('tcpdump', ['-nn', '-vv', '-A', '-r', file], { encoding: 'utf8', stdio: 'pipe' });
  assert.not.match(text, /bad |incorrect|truncated|\[\|/);
  return text;
}

async function onlyCall(): Promise<string> {
  return (await until('a call', async () => (await rig.box.calls())[0], { everyMs: 20 })).id;
}

/** The file of a call that failed, once it is there. */
const written = (before: readonly string[]) =>
  until('a trace on disk', () => files().find(name => !before.includes(name)), { limitMs: 8_000 });

rig.test('a live call is told as a ladder of both sides, in the order of what happened', async () => {
  const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIER, port: carrierPort });
  const caller = await SteeredPhone.calling(rig, box, '+442071234567', { frequencyHz: 500, host: PBX });
  await called.invited();
  called.ring();
  await caller.next('PROGRESS 180');
  await called.answer();
  await caller.next('ANSWERED');
  const id = await onlyCall();
  const text = await until('the last ACK in the trace', async () => {
    const told = await ladder(id);
    return (told.match(/-- ACK /g) ?? []).length === 2 && told;
  });
  const rungs = [...text.matchAll(/^\+\d+\.\d{3} +\|(<?)-*(?:<--)? ?([A-Z]+|\d{3}) /gm)].map(([, , what]) => what);
  assert.equal(rungs.slice(0, 4), ['INVITE', 'INVITE', '180', '180']);
  for (const what of ['200', 'ACK']) assert.is(rungs.filter(rung => rung === what).length, 2, text);
  for (const host of [PBX, CARRIER]) assert.match(text.split('\n')[2] ?? '', `udp ${host}:`);
  const dump = await packets(id);
  assert.match(dump, `${PBX}.${caller.sip.port} > ${HOST}.${sipPort}`);
  assert.match(dump, `${HOST}.${sipPort} > ${CARRIER}.${carrierPort}`);
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
  assert.match(await ladder(id), /-- BYE /, 'and when it is over');
  assert.equal(files(), [], 'a call that went well is not written');
});

rig.test('no secret is in the ladder, the pcap file or on disk', async () => {
  const before = files();
  const secrets = [
    'hunter2',
    '0123456789abcdef',
    'c2VjcmV0LWtleS10aGF0LWlzLTMwLW9jdGV0cy1sbw',
    'dXNlcjpwYXNz',
    PASSWORD,
  ];
  const raw = rig.keep(await RawSip.open({ host: HOST, port: sipPort }, PBX));
  const offer = `${raw.offer(9)}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${secrets[2]}\r\nk=clear:${secrets[0]}\r\n`;
  const invite = raw
    .request('INVITE', '300', { body: offer })
    .replace('From: <sip:raw@', `From: <sip:raw:${secrets[0]}@`)
    .replace(
      'Max-Forwards',
      [
        `Authorization: Digest username="raw", realm="r", nonce="n", uri="sip:x",\r\n response="${secrets[1]}"`,
        `Proxy-Authorization: Basic ${secrets[3]}`,
        'Max-Forwards',
      ].join('\r\n'),
    );
  raw.send(invite);
  await until('a refusal', () => raw.answers().some(text => text.startsWith('SIP/2.0 603')), {
    state: () => raw.received,
  });
  const file = await written(before);
  const told = [readFileSync(path.join(folder(), file), 'utf8'), await ladder(idOf(file)), await packets(idOf(file))];
  for (const text of told) {
    assert.match(text, 'sip:raw:*******@');
    assert.match(text, 'inline:***');
    for (const secret of secrets) assert.not.match(text, secret);
  }
});

rig.test('the answer to a challenge of a carrier is in the trace without what it proves', async () => {
  const before = files();
  const sip = rig.keep(
    await Sipp.start({
      scenario: 'challenge-again',
      host: CARRIER,
      port: lockedPort,
      keys: { challenge_status: 401, challenge: 'WWW-Authenticate: Digest realm="carrier", nonce="n1", qop="auth"' },
    }),
  );
  const caller = await SteeredPhone.calling(rig, box, '+493012345', { frequencyHz: 500, host: PBX });
  await caller.next('REFUSED', 15_000);
  const [, sent = ''] = /^Authorization:.*response="([0-9a-f]+)"/m.exec(sip.requests('INVITE').at(-1) ?? '') ?? [];
  assert.match(sent, /^[0-9a-f]{32}$/);
  const id = idOf(await written(before));
  for (const text of [await ladder(id), await packets(id)]) {
    assert.match(text, /Authorization: Digest .*response="\*{32}"/);
    assert.not.match(text, sent);
  }
});

rig.test('a call over TCP, and one over IPv6, can be read by tcpdump', async () => {
  let before = files();
  const tcp = rig.keep(
    await Sipp.start({
      scenario: 'call-refused',
      host: PBX,
      transport: 'tcp',
      remote: { host: HOST, port: sipPort },
      user: '300',
      keys: { status: 603 },
    }),
  );
  await tcp.logged('REFUSED');
  const overTcp = await packets(idOf(await written(before)));
  assert.match(overTcp, 'Flags [P.]');
  assert.match(overTcp, 'SIP/2.0 603');
  before = files();
  const raw = rig.keep(await RawSip.open({ host: '::1', port: udp6Port }, '::1'));
  raw.send(
    raw.request('INVITE', '300', { body: raw.offer(9).replaceAll('IN IP4', 'IN IP6') }).replaceAll('::1:', '[::1]:'),
  );
  await until('a refusal', () => raw.answers().length > 0, { state: () => raw.received });
  const overV6 = await packets(idOf(await written(before)));
  assert.match(overV6, `::1.${raw.port} > ::1.${udp6Port}`);
  assert.match(overV6, 'udp sum ok');
});

rig.test('a call that failed is told after a restart, and nobody but the operator is told anything', async () => {
  const [file = ''] = files();
  await rig.own.stop();
  await rig.own.startAgain();
  assert.match(await ladder(idOf(file)), /603 /);
  const stranger = await send(`${rig.box.facts.http}/device/calls/${idOf(file)}/trace`);
  assert.is(stranger.status, 401);
  assert.is((await rig.box.asOperator('GET', '/device/calls/..%2f..%2fcrosspoint/trace')).status, 404);
});

rig.run();
