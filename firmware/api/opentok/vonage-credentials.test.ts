import { Vonage } from '@vonage/server-sdk';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { application } from '../../config/projects.fixture.ts';
import { createSessionId, parseSessionId } from '../../sessions/session-id.ts';
import { type ApplicationsRig, startWithApplications } from '../testing/applications-rig.ts';
import { called, OpenTok, type SdkCall, type SdkStream } from '../testing/opentok-sdk.ts';
import { applicationAuth, applicationToken, refusalOf, videoOf } from '../testing/vonage-sdk.ts';

/** What an application of Vonage proves itself with, over HTTP, and the other SDKs that do. */
const test = suite<ApplicationsRig>('credentials of applications');

test.before(async context => {
  Object.assign(context, await startWithApplications());
});
test.after(({ close }) => close());
test.before.each(({ asked }) => {
  asked.dialled.length = 0;
});

const URI = 'sip:bob@127.0.0.1:5070';

test('another key, an unknown application and a participant token are 401 alike', async ({
  url,
  app,
  otherApp,
  request,
}) => {
  const path = `/v2/project/${app.project.id}/session/x/stream`;
  const nobody = application('33333333-3333-4333-8333-333333333333', app.keys);
  const unknown = videoOf(nobody, url);
  assert.is(await refusalOf(unknown.createSession()), '401: Invalid token');
  assert.is(await refusalOf(unknown.getStreamInfo('x')), '401: Invalid token');
  assert.is(await refusalOf(videoOf({ ...app, keys: otherApp.keys }, url).createSession()), '401: Invalid token');
  const participant = { scope: 'session.connect', session_id: 'x' };
  for (const headers of [
    {},
    { authorization: 'Basic YTpi' },
    applicationAuth(app, participant),
    applicationAuth(otherApp),
  ])
    assert.equal(await statusAndCode(request('GET', path, { headers })), [401, 'http.application-credential']);
});

test('X-VONAGE-AUTH means the same as Authorization: Bearer', async ({ request, app }) => {
  const path = `/v2/project/${app.project.id}/session/${createSessionId(app.project.id, '', 1)}/stream`;
  const headers = { 'x-vonage-auth': applicationToken(app) };
  assert.equal(await statusAndCode(request('GET', path, { headers })), [404, 'session.unknown']);
  assert.is((await request('POST', '/session/create', { headers })).status, 200);
  const wrong = { 'x-vonage-auth': `${headers['x-vonage-auth']}x` };
  assert.is((await request('GET', path, { headers: wrong })).status, 401);
});

test('an acl that does not cover a request is told apart from a wrong key', async ({ request, app }) => {
  const headers = applicationAuth(app, { acl: { paths: { '/session/**': {} } } });
  assert.is((await request('POST', '//session/create/?x=1', { headers })).status, 200);
  const path = `/v2/project/${app.project.id}/session/x/mute`;
  const { status, body } = await request('POST', path, { headers });
  assert.equal([status, body.error], [403, 'http.acl']);
  assert.is(body.message, `The acl of the token does not cover POST ${path}`);
});

test('a credential of one kind opens nothing of the other', async ({ request, app, ours, sdk }) => {
  const asApplication = applicationAuth({ project: { ...app.project, id: ours.id }, keys: app.keys });
  assert.is((await request('GET', `/v2/project/${ours.id}/session/x/stream`, { headers: asApplication })).status, 403);
  const path = `/v2/project/${app.project.id}/session/x/stream`;
  const jwtOfOpentok = (sdk as unknown as { generateJwt(): string }).generateJwt();
  assert.is((await request('GET', path, { headers: { 'x-opentok-auth': jwtOfOpentok } })).status, 403);
  assert.is((await request('GET', path, { headers: { 'x-opentok-auth': applicationToken(app) } })).status, 403);
  assert.is((await request('GET', path, { headers: { authorization: `Bearer ${jwtOfOpentok}` } })).status, 401);
});

async function statusAndCode(answer: Promise<{ status: number; body: Record<string, unknown> }>) {
  const { status, body } = await answer;
  return [status, body.error];
}

test('@vonage/server-sdk leads to the same', async ({ app, url, sessions }) => {
  const { project, keys } = app;
  const vonage = new Vonage({ applicationId: project.id, privateKey: keys.privateKey }, { videoHost: url });
  const { sessionId } = await vonage.video.createSession();
  assert.is(sessions.get(project.id, sessionId).mediaMode, 'routed');
  const { streamId } = await vonage.video.initiateSIPCall(sessionId, {
    token: vonage.video.generateClientToken(sessionId),
    sip: { uri: URI },
  });
  assert.equal(((await vonage.video.getStreamInfo(sessionId)) as { count: number }).count, 1);
  await vonage.video.muteStream(sessionId, streamId);
});

test('the opentok SDK with the key of an application works, too', async ({ app, url, asked }) => {
  const sdk = new OpenTok(app.project.id, app.keys.privateKey, url);
  const { sessionId } = await called<{ sessionId: string }>(done => sdk.createSession({ mediaMode: 'routed' }, done));
  assert.is(parseSessionId(sessionId)?.project, app.project.id);
  const token = sdk.generateToken(sessionId, { role: 'subscriber' });
  const call = await called<SdkCall>(done => sdk.dial(sessionId, token, URI, {}, done));
  assert.is(asked.dialled[0]?.request.publishes, false);
  const listed = await called<SdkStream[]>(done => sdk.listStreams(sessionId, done));
  assert.equal(
    listed.map(({ id }) => id),
    [call.streamId],
  );
  assert.is((await called<SdkStream>(done => sdk.getStream(sessionId, call.streamId, done))).id, call.streamId);
  await called<void>(done => sdk.forceMuteStream(sessionId, call.streamId, done));
  await called<void>(done => sdk.forceDisconnect(sessionId, call.connectionId, done));
  const stranger = new OpenTok(app.project.id, application(app.project.id).keys.privateKey, url);
  const message = await called(done => stranger.listStreams(sessionId, done)).catch((error: Error) => error.message);
  assert.match(message as string, /Invalid API key or secret/);
});

test.run();
