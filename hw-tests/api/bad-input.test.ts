import net from 'node:net';
import * as assert from 'uvu/assert';
import { Application, type RawRequest, send } from '../rig/application.ts';
import { Rig } from '../rig/rig.ts';
import { randomBytesOf, seededRandom } from '../rig/seeded-random.ts';
import { within } from '../rig/until.ts';

const rig = new Rig();
/** Nobody must be called by what is refused: a port where nobody listens. */
const uri = 'sip:nobody@127.0.0.1:9';

interface Attempt extends RawRequest {
  readonly method?: string;
  readonly path?: string;
}

/** One bad request each: what is wrong, the request, and the statuses that are a right answer. */
type Case = readonly [wrong: string, attempt: (session: string, application: Application) => Attempt, status: number];

const dial = (
  session: string,
  application: Application,
  change: Record<string, unknown> = {},
  sip: Record<string, unknown> = {},
) => ({
  json: { sessionId: session, token: application.token(session), sip: { uri, ...sip }, ...change },
});

/** A session id of the right layout (CONTRACT §1.2) that the box has not given out. */
function neverCreated({ apiKey }: Application): string {
  return `2_${Buffer.from(`1~${apiKey}~~${Date.now()}~AAAAAAAAAAAAAAAAAAAAAAAA~~`).toString('base64url')}`;
}

const cases: Case[] = [
  ['JSON that is cut off', () => ({ body: '{"sessionId":', headers: { 'content-type': 'application/json' } }), 400],
  ['no JSON at all', () => ({ body: 'hello', headers: { 'content-type': 'application/json' } }), 400],
  ['JSON that is no object', () => ({ json: [1, 2] }), 400],
  ['null', () => ({ json: null }), 400],
  ['an empty body', () => ({ body: '', headers: { 'content-type': 'application/json' } }), 400],
  ['another media type', () => ({ body: '<a/>', headers: { 'content-type': 'application/xml' } }), 415],
  ['no session', (s, a) => ({ json: { token: a.token(s), sip: { uri } } }), 400],
  ['no token', s => ({ json: { sessionId: s, sip: { uri } } }), 400],
  ['no SIP part', (s, a) => ({ json: { sessionId: s, token: a.token(s) } }), 400],
  ['a session that is a number', (s, a) => dial(s, a, { sessionId: 7 }), 400],
  ['a token that is an object', (s, a) => dial(s, a, { token: {} }), 400],
  ['a SIP part that is a text', (s, a) => dial(s, a, { sip: uri }), 400],
  ['a URI that is a number', (s, a) => dial(s, a, {}, { uri: 5 }), 400],
  ['a URI of another kind', (s, a) => dial(s, a, {}, { uri: 'http://example.com' }), 400],
  ['a URI with a line break', (s, a) => dial(s, a, {}, { uri: `${uri}\r\nVia: x` }), 400],
  ['a URI with headers', (s, a) => dial(s, a, {}, { uri: `${uri}?X-A=1` }), 400],
  ['headers that are a list', (s, a) => dial(s, a, {}, { headers: ['X-A: 1'] }), 400],
  ['a header value with CR LF', (s, a) => dial(s, a, {}, { headers: { 'X-A': 'b\r\nVia: SIP/2.0/UDP evil' } }), 400],
  ['a header value with LF', (s, a) => dial(s, a, {}, { headers: { 'X-A': 'b\nc' } }), 400],
  ['a header value with NUL', (s, a) => dial(s, a, {}, { headers: { 'X-A': 'b\0' } }), 400],
  ['a header name with CR LF', (s, a) => dial(s, a, {}, { headers: { 'X-A\r\nVia': 'b' } }), 400],
  ["a header of SIP's own", (s, a) => dial(s, a, {}, { headers: { Via: 'b' } }), 400],
  ['a header that is the box’s', (s, a) => dial(s, a, {}, { headers: { 'X-OpenTok-SessionId': 'b' } }), 400],
  [
    'too many headers',
    (s, a) => dial(s, a, {}, { headers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`X-${i}`, '1'])) }),
    400,
  ],
  ['too large headers', (s, a) => dial(s, a, {}, { headers: { 'X-A': 'b'.repeat(5_000) } }), 400],
  ['a from with a line break', (s, a) => dial(s, a, {}, { from: '1@a\r\nVia: x' }), 400],
  ['credentials with a line break', (s, a) => dial(s, a, {}, { auth: { username: 'a\r\nb', password: 'c' } }), 400],
  ['credentials without a password', (s, a) => dial(s, a, {}, { auth: { username: 'a' } }), 400],
  ['a secure that is no truth value', (s, a) => dial(s, a, {}, { secure: 'yes' }), 400],
  ['video, which is not there yet', (s, a) => dial(s, a, {}, { video: true }), 501],
  ['a transport that nobody speaks', (s, a) => dial(s, a, {}, { uri: `${uri};transport=ws` }), 400],
  ['sips: over UDP', (s, a) => dial(s, a, {}, { uri: `${uri.replace('sip:', 'sips:')};transport=udp` }), 400],
  ['a session that never was', (s, a) => dial(s, a, { sessionId: neverCreated(a) }), 404],
  ['a session id that is none', (s, a) => dial(s, a, { sessionId: 'x' }), 400],
  ['a token that is garbage', (s, a) => dial(s, a, { token: 'x.y.z' }), 400],
  [
    'an expired token',
    (s, a) => dial(s, a, { token: a.credential({ scope: 'session.connect', session_id: s, exp: 1 }) }),
    400,
  ],
  ['a body of 100 KB', (s, a) => dial(s, a, { padding: 'x'.repeat(100_000) }), 413],
];

async function attempt([, make]: Case) {
  const { application } = rig.box;
  const session = await application.createSession();
  const { method = 'POST', path = application.projectPath('dial'), ...request } = make(session, application);
  return application.request(method, path, request);
}

for (const badCase of cases) {
  const [wrong, , status] = badCase;
  rig.test(`dialling with ${wrong} is refused with ${status} and a sentence`, async () => {
    const answer = await attempt(badCase);
    assert.is(answer.status, status, answer.text);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.type(answer.body.message, 'string');
    assert.not.match(answer.text, /\bat .*\.(js|ts):\d+|node_modules/);
  });
}

const foreign = 'the secret of somebody else';
const credentials: [wrong: string, header: (application: Application, session: string) => Record<string, string>][] = [
  ['no credential', () => ({ 'x-opentok-auth': '' })],
  ['garbage', () => ({ 'x-opentok-auth': 'garbage' })],
  ['another secret', a => ({ 'x-opentok-auth': a.credential({}, foreign) })],
  ['another issuer', a => ({ 'x-opentok-auth': a.credential({ iss: '123' }) })],
  ['a wrong kind', a => ({ 'x-opentok-auth': a.credential({ ist: 'account' }) })],
  ["a participant's token", (a, s) => ({ 'x-opentok-auth': a.token(s) })],
  [
    'no algorithm',
    a => ({
      'x-opentok-auth': `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded({ iss: a.apiKey, ist: 'project', exp: 4e9 })}.`,
    }),
  ],
  ['the operator’s token', () => ({ 'x-opentok-auth': '', authorization: `Bearer ${rig.box.facts.operatorToken}` })],
];

function encoded(part: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

for (const [wrong, header] of credentials) {
  rig.test(`${wrong} as a credential is refused everywhere`, async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const headers = header(application, session);
    const requests: [string, string, RawRequest][] = [
      ['POST', '/session/create', {}],
      ['POST', application.projectPath('dial'), dial(session, application)],
      ['GET', application.projectPath(`session/${session}/stream`), {}],
      ['GET', application.projectPath(`session/${session}/stream/x`), {}],
      ['POST', application.projectPath(`session/${session}/play-dtmf`), { json: { digits: '1' } }],
      ['DELETE', application.projectPath(`session/${session}/connection/x`), {}],
    ];
    for (const [method, path, request] of requests) {
      const answer = await application.request(method, path, { ...request, headers });
      assert.is(answer.status, 403, `${method} ${path}: ${answer.text}`);
      assert.type(answer.body.message, 'string');
    }
  });
}

rig.test("a participant's token of another project is refused", async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const stranger = new Application(application.url, { apiKey: application.apiKey, apiSecret: foreign });
  const answer = await application.request('POST', application.projectPath('dial'), {
    json: { sessionId: session, token: stranger.token(session), sip: { uri } },
  });
  assert.ok([400, 403].includes(answer.status), answer.text);
  assert.type(answer.body.message, 'string');
});

rig.test('unknown things are 404 and unknown ways are JSON as well', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const nobody = '00000000-0000-4000-8000-000000000000';
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nothing/here'],
    ['PATCH', '/session/create'],
    ['GET', application.projectPath('session/unknown/stream')],
    ['GET', application.projectPath(`session/${session}/stream/${nobody}`)],
    ['DELETE', application.projectPath(`session/${session}/connection/${nobody}`)],
  ] as const) {
    const answer = await application.request(method, path);
    assert.is(answer.status, 404, `${method} ${path}`);
    assert.type(answer.body.message, 'string');
  }
});

rig.test('what is no HTTP ends its own connection only', async () => {
  const random = seededRandom(99);
  const { hostname, port } = new URL(rig.box.facts.http);
  const texts = [
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    'POST /session/create HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
    'POST /session/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n',
  ];
  for (const bytes of [...texts, ...Array.from({ length: 20 }, () => randomBytesOf(random, 2_000))]) {
    const socket = net.connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.resume();
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    socket.end(bytes);
    await within(5_000, 'the end of a bad connection', closed);
  }
});

rig.test('after all that the box is well, nobody was called, and no secret is in its log', async () => {
  assert.is(await rig.box.health(), 200);
  assert.equal(await rig.box.calls(), []);
  const log = rig.ownIfAny?.log() ?? '';
  for (const secret of [rig.box.facts.project.apiSecret, rig.box.facts.operatorToken])
    assert.not.ok(log.includes(secret));
  assert.not.match(log, /eyJ[A-Za-z0-9_-]{10,}\.eyJ/, 'no token is in the log');
  assert.is((await send(`${rig.box.facts.http}/health`)).body.status, 'ready');
});

rig.run();
