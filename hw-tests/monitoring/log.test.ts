import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import mqtt from 'mqtt';
import * as assert from 'uvu/assert';
import { send } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until, within } from '../rig/until.ts';

/** Each of them stands in a configuration, a request or a credential of this test, and nowhere else. */
const SECRETS = {
  dial: 'dial-password-5ac0',
  trunk: 'trunk-password-91bd',
  login: 'login-password-77e2',
  webhookPassword: 'webhook-password-c3d1',
  webhookQuery: 'webhook-query-4fe9',
  participant: 'participant-data-e6b3',
  operator: 'no-operator-token-8a4c',
  broker: 'no-broker-password-35d7',
  header: 'custom-header-token-b08f',
};

const CHALLENGE = 'WWW-Authenticate: Digest realm="pbx", nonce="0123456789abcdef", algorithm=SHA-256, qop="auth"';
const keys = { challenge_status: 401, challenge: CHALLENGE };
const CARRIER = '127.0.0.2';
const carrier = await freePort();

/** Refuses what it is told, so that the box has something to say of it. */
const refusingWebhook = http.createServer((request, response) => {
  request.resume();
  response.writeHead(500).end();
});
refusingWebhook.unref();
await new Promise<void>(resolve => refusingWebhook.listen(0, '127.0.0.1', resolve));
const { port } = refusingWebhook.address() as AddressInfo;
const url = (name: string) =>
  `http://user:${SECRETS.webhookPassword}@127.0.0.1:${port}/${name}?token=${SECRETS.webhookQuery}`;

const rig = new Rig({
  needs: ['own'],
  box: {
    sipMonitoringUrl: url('sip'),
    sessionMonitoringUrl: url('session'),
    config: {
      logLevel: 'trace',
      trunks: [
        {
          name: 'carrier',
          targets: [`sip:127.0.0.1:${carrier}`],
          sources: [CARRIER],
          optionsSeconds: 0,
          auth: { username: 'us', password: SECRETS.trunk },
        },
        {
          name: 'phone',
          targets: ['registered'],
          registrations: true,
          login: { username: 'desk', password: SECRETS.login },
        },
      ],
    },
  },
});

const lines = () =>
  rig.own
    .log()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Record<string, unknown>);

async function answeredCall(uri: string, options: Record<string, unknown>, frequencyHz: number, sipPort?: number) {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz, scenario: 'challenge', keys, ...(sipPort && { port: sipPort }) });
  const session = await application.createSession();
  const { id, connectionId } = await application.dial(session, uri || phone.uri, options);
  await phone.sip.logged('ANSWERED');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ENDED');
  return id;
}

async function refusedByBroker(): Promise<void> {
  const { host } = new URL(rig.box.facts.mqttUrl);
  const client = mqtt.connect(`mqtt://${host}`, {
    username: 'crosspoint',
    password: SECRETS.broker,
    reconnectPeriod: 0,
  });
  await within(5_000, 'the broker to refuse', new Promise<void>(resolve => client.once('error', () => resolve())));
  await client.endAsync(true);
}

rig.test('no secret of any kind reaches the log, whatever is done with it, and however much is logged', async () => {
  const { application, facts } = rig.box;
  const headers = { 'X-Token': SECRETS.header };
  await answeredCall('', { auth: { username: 'us', password: SECRETS.dial }, headers }, 500);
  await answeredCall('sip:+442071234567@carrier', {}, 700, carrier);
  const session = await application.createSession();
  const token = application.token(session, { data: SECRETS.participant });
  const bad = {
    sessionId: session,
    token: `${token}x`,
    sip: { uri: `sip:a:${SECRETS.dial}@@`, auth: { password: SECRETS.dial } },
  };
  assert.ok((await application.request('POST', application.projectPath('dial'), { json: bad })).status >= 400);
  const events = `${facts.http}/v2/session/${session}/events?token=${token}`;
  await send(events);
  await send(`${facts.http}/device/calls`, 'GET', { headers: { authorization: `Bearer ${SECRETS.operator}` } });
  await send(`${facts.http}/device/calls`, 'GET', { headers: { 'x-opentok-auth': application.credential() } });
  await refusedByBroker();
  await until('the webhook to be found down', () => lines().some(({ msg }) => String(msg).startsWith('webhook down')));

  const log = rig.own.log();
  const worker = readFileSync(path.join(rig.own.folder, 'state/run/worker-0.log'), 'utf8');
  const credentials = readFileSync(path.join(rig.own.folder, 'state/credentials.json'), 'utf8');
  const made = [...credentials.matchAll(/"([A-Za-z0-9_-]{20,})"/g)].map(([, secret]) => secret ?? '');
  assert.ok(made.length >= 3, 'the box has made credentials of its own');
  const secrets = [
    ...Object.values(SECRETS),
    ...made,
    facts.project.apiSecret,
    token,
    application.credential().slice(0, 60),
  ];
  for (const secret of secrets)
    for (const text of [log, worker]) assert.not.ok(text.includes(secret), secret.slice(0, 24));
  assert.not.match(log, /response=\\?"[0-9a-f]{32}/, 'no digest');
});

rig.test('a call is one line at its end, with its id and how it went', async () => {
  const before = lines().length;
  const id = await answeredCall('', { auth: { username: 'us', password: SECRETS.dial } }, 900);
  const line = await until('its line', () => lines().find(({ msg, call }) => msg === 'call ended' && call === id));
  assert.equal([line.direction, line.result, line.by, line.reason], ['outbound', 'completed', 'application', '700']);
  const ofCall = lines()
    .slice(before)
    .filter(({ level }) => Number(level) >= 30)
    .filter(({ msg }) => !String(msg).startsWith('webhook'));
  assert.equal(
    ofCall.map(({ msg }) => msg),
    ['call ended'],
  );
});

rig.test('a refused call is one line, too, with the ids by which its event and its messages are found', async () => {
  const before = lines().length;
  const keys = { status: 404 };
  const phone = await callBox(rig, rig.box, '+442079999999', {
    frequencyHz: 300,
    scenario: 'call-refused',
    host: CARRIER,
    keys,
  });
  await phone.sip.logged('REFUSED');
  const isOf = ({ level, msg }: Record<string, unknown>) => Number(level) >= 30 && !String(msg).startsWith('webhook');
  await until('its line', () => lines().slice(before).some(isOf));
  const told = lines().slice(before).filter(isOf);
  assert.equal(
    told.map(({ msg, cause, status, trunk }) => [msg, cause, status, trunk]),
    [['an incoming call is refused', 'unknown-number', 404, 'carrier']],
  );
  assert.type(told[0]?.call, 'string');
  assert.type(told[0]?.sipCallId, 'string');
});

rig.test('the level is changed while the box runs, by the operator and by a signal', async () => {
  const put = (json: object) => rig.box.asOperator('PUT', '/device/log-level', json);
  const changed = (from: string, to: string) =>
    until(`the level to go from ${from} to ${to}`, () => lines().some(line => line.from === from && line.to === to));
  assert.is((await put({ level: 'info' })).status, 200);
  await rig.box.calls();
  assert.is((await put({ level: 'debug', seconds: 1 })).status, 200);
  await rig.box.calls();
  await changed('debug', 'trace');
  const all = lines();
  const [quiet, loud, over] = [
    ['trace', 'info'],
    ['info', 'debug'],
    ['debug', 'trace'],
  ].map(([from, to]) => all.findIndex(line => line.from === from && line.to === to));
  const asked = (from = 0, to = 0) => all.slice(from, to).filter(({ route }) => route === '/device/calls').length;
  assert.is(asked(quiet, loud), 0);
  assert.is(asked(loud, over), 1);
  process.kill(rig.own.pid, 'SIGUSR2');
  await until('the signal to count', async () => {
    const { body } = await rig.box.asOperator('GET', '/device/log-level');
    return body.level === 'debug' && typeof body.until === 'number';
  });
});

rig.test('the webhook is closed', async () => {
  refusingWebhook.closeAllConnections();
  await new Promise(resolve => refusingWebhook.close(resolve));
});

rig.run();
