import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../sip/message/uri.ts';
import type { RequestOptions } from '../sip/user-agent/out-of-dialog.ts';
import { emptied, failed, NOTHING, nextInvite, place, startAgent } from '../sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import { configOf, startTrunks } from './trunks.fixture.ts';

const LOGIN = { username: 'pbx', password: 'pbx-secret' };
const PEER = { name: 'pbx', targets: ['registered'], registrations: true, login: LOGIN, optionsSeconds: 1 };

function request(agent: UserAgent, port: number, method: string, more: Partial<RequestOptions> = {}) {
  const uri = `sip:pbx@127.0.0.1:${port}`;
  return agent.request({
    method,
    target: parseUri(uri),
    requestUri: uri,
    from: { uri: 'sip:pbx@example.com' },
    to: uri,
    headers: [],
    timeoutMs: 400,
    ...more,
  });
}

const statusOf = async (outcome: ReturnType<typeof request>) => {
  const heard = await outcome;
  return heard.kind === 'response' ? heard.status : heard.code;
};

test('a peer registers with its login, is kept alive, is called, and takes its leave', async () => {
  const box = await startTrunks(configOf([PEER]));
  const phone = await startAgent();
  const headers = [['Expires', '120']] as const;
  assert.is(await statusOf(request(phone, box.port, 'REGISTER', { contact: true, headers })), 401);
  const auth = LOGIN;
  const registered = await request(phone, box.port, 'REGISTER', { contact: true, headers, auth });
  assert.ok(registered.kind === 'response' && registered.status === 200);
  assert.match(registered.kind === 'response' ? (registered.headers.get('Contact') ?? '') : '', /;expires=120$/);
  const up = await box.until(({ state }) => state === 'up');
  assert.is(up.targets.length, 1);

  const [target] = box.trunks.byName('pbx')?.orderedTargets() ?? [];
  assert.is(target?.uri.port, phone.listening[0]?.port);
  const called = nextInvite(phone);
  const placed = place(box.agent, target?.uri.port ?? 0);
  (await called).reject(486);
  assert.is((await failed(placed)).status, 486);

  await request(phone, box.port, 'REGISTER', { contact: true, headers: [['Expires', '0']], auth });
  assert.is(box.trunks.get('pbx')?.reason, 'the peer has not registered');
  await box.close();
  assert.equal(await emptied(box.agent), NOTHING);
  await phone.close();
});

test('who has no login hears nothing, or 403; a wrong password and an unknown name look alike', async () => {
  const box = await startTrunks(configOf([PEER]));
  const stranger = await startAgent();
  for (const auth of [
    { ...LOGIN, password: 'wrong' },
    { username: 'nobody', password: 'x' },
  ])
    assert.is(await statusOf(request(stranger, box.port, 'REGISTER', { contact: true, auth })), 403);
  assert.is(await statusOf(request(stranger, box.port, 'OPTIONS')), 200);
  await box.close();

  const sources = ['192.0.2.0/24'];
  const silent = await startTrunks(configOf([{ name: 'carrier', sources }]));
  assert.is(await statusOf(request(stranger, silent.port, 'OPTIONS')), 'sip.timeout');
  await silent.close();
  const refusing = await startTrunks(configOf([{ ...PEER, sources }], { sip: { strangers: 'refuse' } }));
  for (const method of ['OPTIONS', 'REGISTER', 'MESSAGE'])
    assert.is(await statusOf(request(stranger, refusing.port, method, { auth: LOGIN })), 403);
  assert.is(refusing.agent.dump().serverTransactions, 0);
  await refusing.close();
  await stranger.close();
});

test('a source that is trusted still proves itself before it moves the calls of a login', async () => {
  const box = await startTrunks(configOf([PEER]), {}, { isTrusted: () => true });
  const phone = await startAgent();
  assert.is(await statusOf(request(phone, box.port, 'REGISTER', { contact: true })), 401);
  assert.is(
    await statusOf(request(phone, box.port, 'REGISTER', { contact: true, auth: { ...LOGIN, password: 'x' } })),
    403,
  );
  assert.is(await statusOf(request(phone, box.port, 'REGISTER', { contact: true, auth: LOGIN })), 200);
  await box.close();
  await phone.close();
});

test('what peers ask outside of dialogs is answered by the policy of the trunk', async () => {
  const taking = await startTrunks(configOf([{ name: 'a', sources: ['127.0.0.1'], messages: 'accept' }]));
  const refusing = await startTrunks(configOf([{ name: 'a', sources: ['127.0.0.1'] }]));
  const peer = await startAgent();
  const body = Buffer.from('hello');
  const cases: [string, object, number, number][] = [
    ['MESSAGE', { body, contentType: 'text/plain' }, 200, 403],
    ['PUBLISH', { body, contentType: 'text/plain' }, 200, 403],
    ['NOTIFY', { headers: [['Event', 'keep-alive']] }, 200, 200],
    ['NOTIFY', { headers: [['Event', 'dialog']] }, 481, 481],
    ['SUBSCRIBE', { headers: [['Event', 'presence']] }, 489, 489],
    ['REFER', { headers: [['Refer-To', '<sip:x@y>']] }, 403, 403],
    ['INFO', {}, 481, 481],
    ['REGISTER', { contact: true }, 403, 403],
  ];
  for (const [method, more, taken, refused] of cases) {
    assert.is(await statusOf(request(peer, taking.port, method, more)), taken, method);
    assert.is(await statusOf(request(peer, refusing.port, method, more)), refused, method);
  }
  const published = await request(peer, taking.port, 'PUBLISH');
  assert.ok(published.kind === 'response' && published.headers.has('SIP-ETag') && published.headers.has('Expires'));
  for (const each of [taking, refusing, peer]) await each.close();
});

test('we register with a peer that wants a password, and its targets are found to be well', async () => {
  const account = { username: 'box', password: 'box-secret' };
  const server = await startTrunks(
    configOf([{ name: 'us', targets: ['registered'], registrations: true, login: account, optionsSeconds: 0 }]),
  );
  const target = `sip:127.0.0.1:${server.port}`;
  const box = await startTrunks(configOf([{ name: 'carrier', targets: [target], auth: account, register: {} }]));
  const up = await box.until(({ state, targets }) => state === 'up' && targets[0]?.state === 'up');
  assert.equal([up.registration?.state, up.registration?.reason], ['registered', null]);
  const [bound] = server.trunks.byName('us')?.orderedTargets() ?? [];
  assert.is(bound?.uri.port, box.port);
  assert.is(bound?.requestUri.user, 'box');
  await box.close();
  assert.equal(server.trunks.byName('us')?.orderedTargets(), []);
  assert.equal(await emptied(box.agent), NOTHING);

  const wrong = { ...account, password: 'wrong' };
  const refused = await startTrunks(configOf([{ name: 'carrier', targets: [target], auth: wrong, register: {} }]));
  const down = await refused.until(({ state }) => state === 'down');
  assert.match(down.reason ?? '', /refused/);
  assert.not.match(JSON.stringify(refused.told), /wrong|box-secret/);
  await refused.close();
  await server.close();
});

const TRUNKS = configOf([
  {
    name: 'carrier',
    targets: ['sip:sip.carrier.com', 'sip:192.0.2.7:5080;transport=tcp'],
    sources: ['192.0.2.0/24', '2001:db8::/32'],
  },
  { name: 'second', targets: ['sips:tls.example.com'], login: LOGIN, sources: ['198.51.100.0/24'] },
]);

test('a caller is known by its login, else by its address; an address beside a login is no proof', async () => {
  const { trunks, close } = await startTrunks(TRUNKS);
  const from = (address: string) => ({ transport: 'udp', address, port: 5060 }) as const;
  const nameOf = (address: string, user: string | null) => trunks.forIncoming(from(address), user)?.name ?? null;
  assert.equal(
    [
      nameOf('192.0.2.9', null),
      nameOf('::ffff:192.0.2.9', null),
      nameOf('2001:db8::7', null),
      nameOf('192.0.3.1', null),
    ],
    ['carrier', 'carrier', 'carrier', null],
  );
  assert.equal(
    [nameOf('198.51.100.1', null), nameOf('203.0.113.1', 'pbx'), nameOf('192.0.2.9', 'other')],
    [null, 'second', null],
  );
  assert.equal(
    ['192.0.2.9', '198.51.100.1', '203.0.113.1'].map(each => trunks.isTrusted(from(each))),
    [true, false, false],
  );
  await close();
});

test('a dialled address belongs to the trunk that has it as a target, or whose name stands in its place', async () => {
  const { trunks, close } = await startTrunks(TRUNKS);
  const cases: [string, string | null][] = [
    ['sip:1@sip.carrier.com', 'carrier'],
    ['sip:1@SIP.carrier.com.', 'carrier'],
    ['sip:1@sip.carrier.com;transport=tls', 'carrier'],
    ['sip:1@sip.carrier.com:5060', 'carrier'],
    ['sip:1@sip.carrier.com:5070', null],
    ['sip:1@192.0.2.7:5080', 'carrier'],
    ['sip:1@192.0.2.7', null],
    ['sips:1@tls.example.com', 'second'],
    ['sip:1@tls.example.com:5061', 'second'],
    ['sip:1@carrier', 'carrier'],
    ['sip:1@carrier:5060', null],
    ['sip:1@example.com', null],
    ['tel:+441', null],
  ];
  for (const [uri, name] of cases) assert.is(trunks.forTarget(parseUri(uri))?.name ?? null, name, uri);
  await close();
});

test('calls are counted both ways, and released once', async () => {
  const { trunks, close } = await startTrunks(
    configOf([{ name: 'a', sources: ['192.0.2.1'], limits: { calls: 2, callsPerSecond: 3 } }]),
  );
  const trunk = trunks.byName('a');
  if (!trunk) throw new Error('no trunk');
  const first = trunk.admit('in');
  const second = trunk.begin('out');
  assert.equal(trunk.view.calls, { in: 1, out: 1 });
  assert.throws(
    () => trunk.admit('in'),
    (error: { code: string; retriable: boolean }) => error.code === 'trunk.too-many-calls' && error.retriable,
  );
  for (const each of [first, first, second]) each.release();
  assert.equal(trunk.view.calls, { in: 0, out: 0 });
  trunk.admit('in').release();
  assert.throws(
    () => trunk.admit('in'),
    (error: { code: string }) => error.code === 'trunk.too-many-calls-per-second',
  );
  await close();
});

test.run();
