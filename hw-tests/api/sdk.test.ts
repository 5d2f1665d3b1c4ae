import * as assert from 'uvu/assert';
import { called, OpenTok, type SdkCall } from '../../firmware/api/testing/opentok-sdk.ts';
import { send } from '../rig/application.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';

const rig = new Rig({ needs: ['webhooks'] });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'not refused',
    (error: Error) => error.message,
  );
}

rig.test('the official SDK, unmodified, leads a call from the session to its end', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  assert.match(session, /^2_[A-Za-z0-9_-]+$/);
  assert.equal(await application.streams(session), []);

  const call = await application.dial(session, phone.uri, { headers: { 'X-Foo': 'bar' }, secure: false });
  for (const id of [call.id, call.connectionId, call.streamId]) assert.match(id, UUID);
  await phone.sip.logged('ANSWERED');
  await rig.webhook.state(call.connectionId, 'ACTIVE');
  assert.equal(
    (await application.streams(session)).map(({ id }) => id),
    [call.streamId],
  );
  assert.is((await application.stream(session, call.streamId)).id, call.streamId);
  await application.playDigits(session, null, '1');
  await application.playDigits(session, call.connectionId, '2');
  await application.hangUp(session, call.connectionId);
  assert.equal(await application.streams(session), []);
  assert.match(await refusal(application.hangUp(session, call.connectionId)), /not found|404|Not Found/i);
});

rig.test('tokens of both kinds are taken: JWT and T1', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  for (const t1 of [false, true]) {
    const phone = await startPhone(rig, { frequencyHz: 400 });
    const token = application.sdk.generateToken(session, { role: 'publisher' }, t1);
    assert.is(token.startsWith('T1=='), t1);
    const { connectionId } = await called<SdkCall>(back => application.sdk.dial(session, token, phone.uri, {}, back));
    await phone.sip.logged('ANSWERED');
    await application.hangUp(session, connectionId);
  }
});

rig.test('a URL that ends with a slash works as well', async () => {
  const { url } = rig.box.application;
  const answer = await rig.box.application.request('POST', '//session/create', {
    body: 'p2p.preference=disabled',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.is(answer.status, 200);
  assert.is((await send(`${url}//health/`)).status, 200);
});

rig.test('somebody with another secret is told so', async () => {
  const { application } = rig.box;
  const impostor = new OpenTok(application.apiKey, 'not the secret of it', application.url);
  const message = await refusal(called(back => impostor.createSession({ mediaMode: 'routed' }, back)));
  assert.match(message, /Invalid API key or secret/);
});

rig.test('a relayed session cannot be dialled into', async () => {
  const { application } = rig.box;
  const { sessionId } = await called<{ sessionId: string }>(back =>
    application.sdk.createSession({ mediaMode: 'relayed' }, back),
  );
  const { status, body } = await application.request('POST', application.projectPath('dial'), {
    json: { sessionId, token: application.token(sessionId), sip: { uri: 'sip:x@127.0.0.1:9' } },
  });
  assert.is(status, 409);
  assert.type(body.message, 'string');
});

rig.run();
