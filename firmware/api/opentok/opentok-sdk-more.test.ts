import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSessionId } from '../../sessions/session-id.ts';
import { type ApiRig, restAuth, startApi } from '../testing/api-rig.ts';
import { called, type OpentokSdk, type SdkCall, type SdkStream } from '../testing/opentok-sdk.ts';

/** Signals, classes of streams, and what the box has not: the official SDK, unmodified, against the API over HTTP. */
const test = suite<ApiRig>('the opentok SDK, further');

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());

async function sessionOf(sdk: OpentokSdk): Promise<string> {
  return (await called<{ sessionId: string }>(done => sdk.createSession({ mediaMode: 'routed' }, done))).sessionId;
}

const failure = (run: (done: (error: Error | null, result: unknown) => void) => void) =>
  called(run).then(
    () => 'no error',
    (error: Error) => error.message,
  );

const unexpected = (message: string) => `Unexpected response from OpenTok: "${JSON.stringify({ message })}"`;

test('classes of streams are kept with the stream, those of its token at first', async ({ sdk }) => {
  const session = await sessionOf(sdk);
  const token = sdk.generateToken(session, { initialLayoutClassList: ['focus', 'full'] });
  const { streamId: id } = await called<SdkCall>(done => sdk.dial(session, token, 'sip:bob@127.0.0.1', {}, done));
  const classes = async () => (await called<SdkStream[]>(done => sdk.listStreams(session, done)))[0]?.layoutClassList;
  assert.equal(await classes(), ['focus', 'full']);
  for (const layoutClassList of [['a'], [], ['b', 'c']]) {
    await called<void>(done => sdk.setStreamClassLists(session, [{ id, layoutClassList }], done));
    assert.equal(await classes(), layoutClassList);
    const one = await called<SdkStream>(done => sdk.getStream(session, id, done));
    assert.equal(one.layoutClassList, layoutClassList);
  }
  const t1 = sdk.generateToken(session, { initialLayoutClassList: ['old'] }, true);
  await called<SdkCall>(done => sdk.dial(session, t1, 'sip:bob@127.0.0.1', {}, done));
  const listed = await called<SdkStream[]>(done => sdk.listStreams(session, done));
  assert.equal(listed[1]?.layoutClassList, ['old']);

  const set = (list: unknown[], of = session) => failure(done => sdk.setStreamClassLists(of, list, done));
  assert.is(await set([{ id: 'nobody', layoutClassList: [] }]), 'Not Found');
  assert.is(await set([], createSessionId('46000001' as never, '', 1)), 'Not Found');
  assert.match(
    await set([{ id, layoutClassList: ['x'.repeat(129)] }]),
    /Unexpected response from OpenTok: .*layoutClassList/,
  );
  assert.match(
    await set([{ id, layoutClassList: Array(65).fill('x') }]),
    /Unexpected response from OpenTok: .*layoutClassList/,
  );
  assert.equal(await classes(), ['b', 'c']);
});

test('signals reach whom they are for, up to 128 bytes of type and 8 kB of data', async ({
  sdk,
  ours,
  clients,
  sessions,
}) => {
  const session = await sessionOf(sdk);
  const { id } = sessions.get(ours.id, session);
  const told: unknown[] = [];
  const [one, two] = [1, 2].map(n => {
    const client = clients.enter(ours, id, sdk.generateToken(session));
    client.listen(notice => void (notice.type === 'signal' && told.push([n, notice.signalType, notice.data])));
    return client;
  });
  if (!one || !two) throw new Error('nobody entered');
  const signal = (to: string | null, payload: { type?: string; data?: string }) =>
    failure(done => sdk.signal(session, to, payload, done));
  assert.is(await signal(null, { type: 'chat', data: 'hello' }), 'no error');
  assert.is(await signal(two.connection, { data: 'y'.repeat(8192) }), 'no error');
  assert.equal(told.splice(0), [
    [1, 'chat', 'hello'],
    [2, 'chat', 'hello'],
    [2, '', 'y'.repeat(8192)],
  ]);
  assert.is(await signal(null, { type: 'x'.repeat(129) }), unexpected('The type is longer than 128 bytes'));
  assert.is(await signal(null, { data: 'y'.repeat(8193) }), unexpected('The data is longer than 8192 bytes'));
  assert.is(await signal('nobody', { data: 'x' }), 'Session or Connection not found');
  assert.match(await signal(null, { data: 5 as never }), /Unexpected response from OpenTok: .*Bad request: data/);
  assert.equal(told, []);
  await Promise.all([one, two].map(client => client.leave('clientDisconnected')));
});

test('what the box has not is told in a sentence, whatever the method', async ({ request, ours, theirs }) => {
  for (const [path, what] of [
    ['broadcast', 'Broadcasts are'],
    ['broadcast/', 'Broadcasts are'],
    ['broadcast/x/stop', 'Broadcasts are'],
    ['captions', 'Captions are'],
    ['captions/x/stop', 'Captions are'],
    ['render', 'The Experience Composer is'],
    ['render/x', 'The Experience Composer is'],
    ['connect', 'The Audio Connector is'],
    ['connect/x/stop', 'The Audio Connector is'],
  ] as const)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const url = `/v2/project/${ours.id}/${path}`;
      const headers = { ...restAuth(ours), 'content-type': 'application/json' };
      const { status, body } = await request(method, url, { headers, ...(method !== 'GET' && { body: '' }) });
      assert.equal([status, body.error], [501, 'http.not-implemented'], `${method} ${path}`);
      assert.is(body.message, `${what} not available on this box yet`);
      assert.is((await request(method, url, { headers: restAuth(theirs) })).status, 403);
    }
});

test('who takes no JSON is given the session in XML, as older SDKs read it', async ({ request, ours, sessions }) => {
  const create = (accept: string) =>
    request('POST', '/session/create', {
      headers: { ...restAuth(ours), accept, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'p2p.preference=disabled',
    });
  for (const accept of ['text/xml', 'application/xml', 'text/html']) {
    const { status, headers, text } = await create(accept);
    assert.is(status, 200, text);
    assert.is(headers.get('content-type'), 'application/xml; charset=utf-8');
    const [, id = '', partner, date] =
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<sessions><Session><session_id>([\w-]+)<\/session_id><partner_id>(\d+)<\/partner_id><create_dt>([^<]+)<\/create_dt><\/Session><\/sessions>\n$/.exec(
        text,
      ) ?? [];
    assert.is(sessions.get(ours.id, id).mediaMode, 'routed');
    assert.is(partner, ours.id);
    assert.match(date ?? '', /UTC \d{4}$/);
  }
  for (const accept of ['*/*', 'application/json', 'text/xml, */*;q=0.1'])
    assert.match((await create(accept)).headers.get('content-type') ?? '', /^application\/json/);
  // What is wrong is told in JSON all the same.
  const refused = await request('POST', '/session/create', { headers: { accept: 'text/xml' } });
  assert.equal([refused.status, refused.body.error], [403, 'http.credential']);
});

test.run();
