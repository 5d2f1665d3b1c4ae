import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import { createSessionId } from '../sessions/session-id.ts';
import { type Answer, type ApiRig, restAuth, startApi } from './testing/api-rig.ts';

/** What any client may do to the server, by hand and over HTTP. */
const test = suite<ApiRig & { auth: Record<string, string>; dialPath: string }>('the HTTP server');

test.before(async context => {
  Object.assign(context, await startApi());
  context.auth = restAuth(context.ours);
  context.dialPath = `/v2/project/${context.ours.id}/dial`;
});
test.after(({ close }) => close());

function assertRefused(answer: Answer, status: number, message: RegExp, why?: string): void {
  assert.is(answer.status, status, why);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, why);
  assert.is(answer.body.code, status, why);
  assert.match(String(answer.body.message), message, why);
  assert.match(String(answer.body.error), /^[a-z]+\.[a-z-]+$/, why);
  assert.not.match(answer.text, /node_modules|\.ts|FST_| {4}at /, why);
}

/** The whole answer to bytes that no HTTP client would send. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

test('creates a session for an empty body, whatever it calls itself', async ({ request, auth, ours, sessions }) => {
  for (const type of [undefined, 'application/json', 'application/x-www-form-urlencoded']) {
    const answer = await request('POST', '/session/create', {
      headers: { ...auth, ...(type ? { 'content-type': type } : {}) },
      ...(type ? { body: '' } : {}),
    });
    assert.is(answer.status, 200, answer.text);
    const [session] = answer.body as unknown as Record<string, unknown>[];
    assert.is(sessions.get(ours.id, String(session?.session_id)).mediaMode, 'relayed');
    assert.equal([session?.project_id, session?.partner_id], [ours.id, ours.id]);
    assert.equal([session?.session_status, session?.media_server_url], [null, '']);
    assert.match(String(session?.create_dt), /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
  }
});

test('repeated slashes, a slash at the end and a whole URL mean the plain path', async ({ request, auth, url }) => {
  for (const path of ['//session/create', '/session//create/', '/session/create//', '///session/create?x=1'])
    assert.is((await request('POST', path, { headers: auth })).status, 200, path);
  const { port } = new URL(url);
  const text = `POST ${url}//session/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nX-OPENTOK-AUTH: ${auth['x-opentok-auth']}\r\n\r\n`;
  assert.match(await raw(Number(port), text), /^HTTP\/1\.1 200 /);
});

test('headers that mean nothing here do no harm', async ({ request, auth }) => {
  const headers = { ...auth, headers: '[object Object]', 'accept-encoding': 'gzip,deflate', 'x-unknown': '1' };
  const answer = await request('POST', '/session/create', { headers });
  assert.is(answer.status, 200);
  assert.is(answer.headers.get('content-encoding'), null);
});

test('a location that is no IPv4 address counts as none, and a wrong mode is refused', async ({ request, auth }) => {
  const form = { ...auth, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  assert.is((await request('POST', '/session/create', { headers: form, body: 'location=null' })).status, 200);
  assertRefused(
    await request('POST', '/session/create', { headers: form, body: 'archiveMode=sometimes' }),
    400,
    /archiveMode/,
  );
  assertRefused(
    await request('POST', '/session/create', { headers: form, body: 'p2p.preference=x' }),
    400,
    /p2p\.preference/,
  );
  const flood = new URLSearchParams(Array.from({ length: 200 }, (_, i): [string, string] => [`k${i}`, 'v'])).toString();
  assertRefused(await request('POST', '/session/create', { headers: form, body: flood }), 400, /more than 100 fields/);
});

test('a credential is asked for before anything else is looked at', async ({ request, dialPath, ours, theirs }) => {
  const wrong: [why: string, headers: Record<string, string>][] = [
    ['none', {}],
    ['nonsense', { 'x-opentok-auth': 'nonsense' }],
    ['another project’s', restAuth(theirs)],
    ['expired', restAuth(ours, { exp: Math.floor(Date.now() / 1000) - 120 })],
    ['a participant’s', restAuth(ours, { scope: 'session.connect', session_id: createSessionId(ours.id, '', 1) })],
  ];
  for (const [why, headers] of wrong) {
    const answer = await request('POST', dialPath, {
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{',
    });
    assert.is(answer.status, 403, why);
    assert.equal([answer.body.code, answer.body.message], [-1, 'Invalid token'], why);
  }
  for (const path of ['/session/create', `/v2/project/${ours.id}/session/x/play-dtmf`])
    assert.is((await request('POST', path)).status, 403, path);
});

test('a dial that cannot be understood is told what is wrong with it', async ({
  request,
  dialPath,
  auth,
  ours,
  sdk,
  sessions,
  asked,
}) => {
  const { id: sessionId } = await sessions.create(ours.id, {
    mediaMode: 'routed',
    archiveMode: 'manual',
    location: '',
  });
  const token = sdk.generateToken(sessionId);
  const good = { sessionId, token, sip: { uri: 'sip:bob@127.0.0.1' } };
  const cases: [why: string, json: unknown, message: RegExp][] = [
    ['nothing', {}, /sessionId, token, sip/],
    ['a list', [], /object/],
    ['null', null, /object/],
    ['a text', 'hello', /object/],
    ['no token', { ...good, token: undefined }, /token/],
    ['a number for a session', { ...good, sessionId: 5 }, /sessionId must be string/],
    ['no session id at all', { ...good, sessionId: '2_nonsense' }, /sessionId is not valid/],
    ['a list for sip', { ...good, sip: [] }, /sip/],
    ['a number for a URI', { ...good, sip: { uri: 5 } }, /sip\.uri must be string/],
    ['a number for a header', { ...good, sip: { ...good.sip, headers: { 'X-A': 5 } } }, /sip\.headers/],
    ['a text for secure', { ...good, sip: { ...good.sip, secure: 'yes' } }, /sip\.secure/],
    ['half credentials', { ...good, sip: { ...good.sip, auth: { username: 'u' } } }, /sip\.auth/],
    ['a long URI', { ...good, sip: { uri: `sip:${'b'.repeat(2000)}@127.0.0.1` } }, /sip\.uri/],
    ['a token of nonsense', { ...good, token: 'x' }, /The token cannot be used/],
  ];
  for (const [why, json, message] of cases)
    assertRefused(await request('POST', dialPath, { headers: auth, json }), 400, message, why);
  assert.equal(asked.dialled, []);
  assert.is((await request('POST', dialPath, { headers: auth, json: good })).status, 200);
});

test('an answered dial tells everything that SDKs model', async ({ request, dialPath, auth, ours, sdk, sessions }) => {
  const { id: sessionId } = await sessions.create(ours.id, {
    mediaMode: 'routed',
    archiveMode: 'manual',
    location: '',
  });
  const json = { sessionId, token: sdk.generateToken(sessionId), sip: { uri: 'sip:bob@127.0.0.1' }, unknown: 1 };
  const { body } = await request('POST', dialPath, { headers: auth, json });
  assert.equal(Object.keys(body).sort(), [
    'connectionId',
    'createdAt',
    'id',
    'projectId',
    'sessionId',
    'streamId',
    'updatedAt',
  ]);
  assert.equal([body.projectId, body.sessionId], [ours.id, sessionId]);
});

test('bodies that are not what they say are 400, 413 or 415', async ({ request, dialPath, auth }) => {
  const json = { ...auth, 'content-type': 'application/json' };
  for (const body of [
    '{',
    '{"a":1',
    'hunter2',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '\0',
    '[1,]',
  ]) {
    const answer = await request('POST', dialPath, { headers: json, body });
    assertRefused(answer, 400, /not valid JSON/, body);
    assert.not.match(answer.text, 'hunter2');
  }
  assertRefused(await request('POST', dialPath, { headers: json, body: '' }), 400, /sessionId, token, sip/);
  assertRefused(await request('POST', dialPath, { headers: json, body: `"${'x'.repeat(65_536)}"` }), 413, /64 KiB/);
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])
    assertRefused(
      await request('POST', dialPath, { headers: { ...auth, 'content-type': type }, body: 'x' }),
      415,
      /application\/json/,
    );
});

test('what does not exist is a 404 with a body', async ({ request, auth, ours }) => {
  const session = createSessionId(ours.id, '', 1);
  const base = `/v2/project/${ours.id}/session/${session}`;
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/session/create'],
    ['PUT', `/v2/project/${ours.id}/dial`],
    ['GET', `${base}/stream`],
    ['GET', `${base}/stream/x`],
    ['DELETE', `${base}/connection/x`],
  ] as const)
    assertRefused(await request(method, path, { headers: auth }), 404, /Not found|no such session/, path);
  for (const path of ['play-dtmf', 'connection/x/play-dtmf'])
    assertRefused(
      await request('POST', `${base}/${path}`, { headers: auth, json: { digits: '1' } }),
      404,
      /no such session/,
    );
});

test('digits are checked', async ({ request, auth, ours, sessions }) => {
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const path = `/v2/project/${ours.id}/session/${id}/play-dtmf`;
  for (const json of [
    {},
    { digits: '' },
    { digits: 12 },
    { digits: '1A' },
    { digits: '1 2' },
    { digits: '1'.repeat(65) },
  ])
    assertRefused(await request('POST', path, { headers: auth, json }), 400, /digits/, JSON.stringify(json));
  const good = await request('POST', path, { headers: auth, json: { digits: '1p2#' } });
  assert.equal([good.status, good.text], [200, '{}']);
  assertRefused(await request('POST', path, { headers: auth, json: { digits: '#' } }), 400, /not been answered/);
});

test('a single stream is application/json, spelled as the client can read it', async ({
  request,
  auth,
  ours,
  sessions,
}) => {
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const { connectionId, streamId } = sessions.join(ours.id, id, '');
  const path = `/v2/project/${ours.id}/session/${id}/stream`;
  assert.equal((await request('GET', path, { headers: auth })).body, { count: 0, items: [] });
  sessions.publish(ours.id, id, connectionId);
  const node = await request('GET', `${path}/${streamId}`, {
    headers: { ...auth, 'user-agent': 'OpenTok-Node-SDK/2.23.2' },
  });
  assert.is(node.headers.get('content-type')?.split(';')[0], 'Application/json');
  assert.is(JSON.parse(node.text).id, streamId);
  const others = await request('GET', `${path}/${streamId}`, { headers: auth });
  assert.is(others.headers.get('content-type')?.split(';')[0], 'application/json');
});

test('a hang-up is 204 without type or body, once', async ({ request, auth, ours, sessions }) => {
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const { connectionId } = sessions.join(ours.id, id, '');
  const path = `/v2/project/${ours.id}/session/${id}/connection/${connectionId}`;
  const first = await request('DELETE', path, { headers: { ...auth, 'content-type': 'application/json' }, body: '' });
  assert.equal([first.status, first.text, first.headers.get('content-type')], [204, '', null]);
  assertRefused(await request('DELETE', path, { headers: auth }), 404, /no such connection/);
});

test('a failure of our own tells nothing of our insides', async ({
  request,
  dialPath,
  auth,
  ours,
  sdk,
  sessions,
  state,
}) => {
  const { id: sessionId } = await sessions.create(ours.id, {
    mediaMode: 'routed',
    archiveMode: 'manual',
    location: '',
  });
  const json = { sessionId, token: sdk.generateToken(sessionId), sip: { uri: 'sip:bob@127.0.0.1' } };
  const full = new CrosspointError('media.worker-busy', 'No room', { retriable: true, retryAfterS: 5 });
  const cases: [error: Error, status: number, message: RegExp, retryAfter: string | null][] = [
    [new TypeError('secret hunter2 in /srv/x'), 500, /^Internal error$/, null],
    [new CrosspointError('store.failed', 'hunter2'), 500, /^Internal error$/, null],
    [full, 503, /^No room$/, '5'],
    [new CrosspointError('store.busy', 'The store is busy', { retriable: true }), 503, /^The store is busy$/, '1'],
    [new CrosspointError('call.too-many', 'The project has its 5 calls already'), 429, /5 calls/, '10'],
    [new CrosspointError('media.overloaded', 'No new legs', { retriable: true }), 503, /No new legs/, '1'],
  ];
  for (const [error, status, message, retryAfter] of cases) {
    state.dialError = error;
    const answer = await request('POST', dialPath, { headers: auth, json });
    assertRefused(answer, status, message, error.message);
    assert.not.match(answer.text, 'hunter2');
    assert.is(answer.headers.get('retry-after'), retryAfter);
  }
  delete state.dialError;
});

test('what is not HTTP gets an answer in the shape of every other', async ({ port }) => {
  for (const [bytes, status] of [
    ['hello\r\n\r\n', 400],
    ['GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n', 400],
    [`GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['INVITE sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n', 400],
  ] as const) {
    const [head = '', body = ''] = (await raw(port, bytes)).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), bytes.slice(0, 40));
    assert.is(JSON.parse(body).code, status);
    assert.type(JSON.parse(body).message, 'string');
  }
});

test('an endless path is refused', async ({ request, auth, ours }) => {
  const answer = await request('GET', `/v2/project/${ours.id}/session/${'x'.repeat(5000)}/stream`, { headers: auth });
  assert.ok(answer.status === 404 || answer.status === 414 || answer.status === 400, String(answer.status));
  assert.type(answer.body.message, 'string');
});

test('the connection is kept open, longer than a client lets it idle', async ({ request, auth }) => {
  const answer = await request('POST', '/session/create', { headers: auth });
  assert.match(answer.headers.get('keep-alive') ?? '', /timeout=75/);
});

test.run();
