import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { Operator } from './operator.ts';

const PBX = '127.0.0.2';
const rig = new Rig({
  needs: ['own'],
  box: { config: { trunks: [{ name: 'pbx', sources: [PBX] }], numbers: [{ number: '100', to: { room: 'hall' } }] } },
});
const operator = new Operator(() => rig.box);

/** A caller of the box that is to be refused. */
async function refused(user: string, status: number): Promise<string> {
  const { host, udpPort } = rig.box.facts.sip;
  const caller = await Sipp.start({
    scenario: 'call-refused',
    host: PBX,
    remote: { host, port: udpPort },
    user,
    keys: { status },
  });
  try {
    await caller.succeeded();
    return caller.messages().find(({ sent, text }) => !sent && text.startsWith(`SIP/2.0 ${status}`))?.text ?? '';
  } finally {
    await caller.close();
  }
}

rig.test('a drained box keeps its calls and refuses new ones, until it is told to take them again', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await until('sound', () => phone.media.received > 10);

  const drained = await rig.box.asOperator('POST', '/device/drain');
  assert.equal([drained.status, drained.body], [200, { draining: true, calls: 1 }]);
  assert.is(await rig.box.health(), 503);
  const heard = phone.media.received;
  await until('more sound', () => phone.media.received > heard + 25);
  assert.is((await operator.calls(`text=${connectionId}`))[0]?.state, 'ACTIVE');

  assert.match(await refused('100', 503), /^Retry-After: \d+/m);
  const dial = await application.request('POST', application.projectPath('dial'), {
    json: { sessionId: session, token: application.token(session), sip: { uri: phone.uri } },
  });
  assert.equal([dial.status, dial.headers.get('retry-after')], [503, '1']);
  assert.match(String(dial.body.message), /its calls go on/);

  assert.equal((await rig.box.asOperator('POST', '/device/resume')).body, { draining: false, calls: 1 });
  assert.is(await rig.box.health(), 200);
  const caller = await callBox(rig, rig.box, '100', { frequencyHz: 700, host: PBX });
  await until('a call of the pbx', async () => (await operator.calls('trunk=pbx'))[0]?.state === 'ACTIVE');
  const [{ id } = { id: '' }] = await operator.calls('trunk=pbx');
  assert.is(await rig.box.operate('POST', `/device/calls/${id}/hangup`), 204);
  await caller.sip.succeeded();
  await application.hangUp(session, connectionId);
  await rig.box.idle();
});

rig.test('numbers and the log level change without a restart; what cannot waits for one', async () => {
  const before = readFileSync(rig.own.configFile, 'utf8');
  await refused('200', 404);
  const { config } = await operator.get<{ config: Record<string, unknown> }>('/device/config');
  const secret = rig.box.facts.project.apiSecret;
  assert.not.match(JSON.stringify(config), secret);
  const changed = {
    ...config,
    logLevel: 'debug',
    numbers: [{ number: '200', to: { reject: 603 } }],
    limits: { ...(config.limits as object), callsPerProject: 7 },
  };
  const wrong = { ...changed, numbers: [{ number: '200', to: { forward: ['trunk:nobody'] } }] };
  const checked = await rig.box.asOperator('POST', '/device/config/validate', { config: wrong });
  assert.equal([checked.status, checked.body.valid], [200, false]);
  assert.is((await rig.box.asOperator('PUT', '/device/config', { config: wrong })).status, 422);
  assert.is(readFileSync(rig.own.configFile, 'utf8'), before);

  const { status, body } = await rig.box.asOperator('PUT', '/device/config', { config: changed });
  assert.is(status, 200);
  assert.equal([body.applied, body.needsRestart], [['logLevel', 'numbers'], ['limits.callsPerProject']]);
  await refused('200', 603);
  await refused('100', 404);
  await until('a line of the new level', () => rig.own.log().includes('"level":20'));
  assert.is(readFileSync(String(body.backup), 'utf8'), before);
  const written = parse(readFileSync(rig.own.configFile, 'utf8'));
  assert.is(written.projects[0].opentok.apiSecret, secret);
  assert.not.match(rig.own.log(), secret);

  writeFileSync(rig.own.configFile, before, { mode: 0o600 });
});

rig.test('a session is shown with who is in it, and ended: its call is over', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const path = `/device/sessions/${encodeURIComponent(session)}`;
  const { connections, streams } = await until('its stream', async () => {
    const inside = await operator.get<{ connections: { id: string }[]; streams: unknown[] }>(path);
    return inside.streams.length > 0 && inside;
  });
  assert.equal([connections.map(({ id }) => id), streams.length], [[connectionId], 1]);
  assert.is(await rig.box.operate('DELETE', path), 204);
  await phone.sip.logged('ENDED');
  assert.is(await rig.box.operate('GET', path), 404);
  await rig.box.idle();
});

rig.run();
