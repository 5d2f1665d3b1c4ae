import { readFileSync, writeFileSync } from 'node:fs';
import type { Video } from '@vonage/video';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventClient } from '../../firmware/api/testing/event-client.ts';
import { refusalOf, videoOf } from '../../firmware/api/testing/vonage-sdk.ts';
import { CHROMIUM_PUBLISHES } from '../../firmware/webrtc/offers.samples.ts';
import { send } from '../rig/application.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { hears, hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { WebhookReceiver } from '../rig/webhook-receiver.ts';
import { bearer } from '../rig/whip.ts';

/** An application of Vonage on the box, beside one of OpenTok: its official SDK leads a call from the session to its end. */
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const keys = new ApplicationKeys();
const webhook = await WebhookReceiver.open();
const rig = new Rig({
  needs: ['own'],
  box: {
    moreProjects: [
      {
        vonage: {
          applicationId,
          publicKeyFile: keys.publicKeyFile,
          sipMonitoringUrl: webhook.url('/sip'),
          sessionMonitoringUrl: webhook.url('/session'),
        },
      },
    ],
  },
});
test.after(async () => {
  await webhook.close();
  keys.close();
});

const video = (): Video => videoOf({ project: { id: applicationId }, keys }, rig.box.facts.http);

rig.test('@vonage/video creates, dials, lists, mutes, plays digits and hangs up', async () => {
  const sdk = video();
  const phone = await startPhone(rig, { frequencyHz: 500 });
  const other = await startPhone(rig, { frequencyHz: 700 });
  const { sessionId } = await sdk.createSession();
  const token = sdk.generateClientToken(sessionId, { data: 'agent=7' });
  const call = await sdk.initiateSIPCall(sessionId, {
    token,
    sip: { uri: phone.uri, headers: { 'X-Foo': 'bar' }, observeForceMute: true },
  });
  const second = await sdk.initiateSIPCall(sessionId, { token, sip: { uri: other.uri } });
  for (const { connectionId } of [call, second]) await webhook.state(connectionId, 'ACTIVE');
  const created = webhook.received.find(({ body }) => body.event === 'connectionCreated');
  assert.equal([created?.body.projectId, created?.body.connection?.data], [applicationId, 'agent=7']);

  const listed = (await sdk.getStreamInfo(sessionId)) as { count: number; items: { id: string }[] };
  assert.equal(listed.items.map(({ id }) => id).sort(), [call.streamId, second.streamId].sort());
  hears(await other.media.listen(1), 500);
  assert.is((await sdk.muteStream(sessionId, call.streamId)).status, 'ACTIVE');
  hearsNothingOf(await other.media.listen(1), 500);

  await sdk.playDTMF(sessionId, '12', call.connectionId);
  await until('two digits', async () => (await rig.box.mediaOf(call.connectionId)).digits.sent === 2);
  for (const { connectionId } of [call, second]) await sdk.disconnectClient(sessionId, connectionId);
  assert.equal(await sdk.getStreamInfo(sessionId), { count: 0, items: [] });
  assert.is(
    await refusalOf(sdk.disconnectClient(sessionId, call.connectionId)),
    '404: There is no such connection in the session',
  );
});

rig.test('its participants enter over the event channel and WHIP, and those of another project do not', async () => {
  const sdk = video();
  const { sessionId } = await sdk.createSession();
  const { http } = rig.box.facts;
  const client = await EventClient.entered(http, sessionId, sdk.generateClientToken(sessionId));
  const offer = (token: string) =>
    send(`${http}/v2/session/${sessionId}/whip`, 'POST', {
      headers: { ...bearer(token), 'content-type': 'application/sdp' },
      body: CHROMIUM_PUBLISHES,
    });
  const published = await offer(sdk.generateClientToken(sessionId));
  assert.is(published.status, 201, published.text);
  const { application } = rig.box;
  assert.is((await offer(application.token(await application.createSession()))).status, 401);
  const path = `/v2/session/${sessionId}/whip/${published.headers.get('location')?.split('/').at(-1)}`;
  await send(`${http}${path}`, 'DELETE', { headers: bearer(sdk.generateClientToken(sessionId)) });
  await client.leave();
});

rig.test('a key that is replaced counts after SIGHUP, and the former one no more', async () => {
  const former = video();
  await former.createSession();
  const next = new ApplicationKeys();
  const replaced = videoOf({ project: { id: applicationId }, keys: next }, rig.box.facts.http);
  assert.is(await refusalOf(replaced.createSession()), '401: Invalid token');
  const before = readFileSync(keys.publicKeyFile);
  writeFileSync(keys.publicKeyFile, readFileSync(next.publicKeyFile));
  process.kill(rig.own.pid, 'SIGHUP');
  await until('the new key to count', async () => (await refusalOf(replaced.createSession())) === 'not refused');
  assert.is(await refusalOf(former.createSession()), '401: Invalid token');
  writeFileSync(keys.publicKeyFile, before);
  next.close();
});

rig.run();
