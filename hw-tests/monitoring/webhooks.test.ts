import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

async function shortCall(connectionData?: string) {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const token = application.token(session, connectionData === undefined ? {} : { data: connectionData });
  const { body } = await application.request('POST', application.projectPath('dial'), {
    json: { sessionId: session, token, sip: { uri: phone.uri } },
  });
  const { connectionId, streamId, id } = body as { connectionId: string; streamId: string; id: string };
  await phone.sip.logged('ANSWERED');
  return { session, connectionId, streamId, id, hangUp: () => application.hangUp(session, connectionId) };
}

const WHOLE_STORY = ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700'];

rig.test('the notices of a call have the form of the contract, and come in order', async () => {
  const before = Date.now();
  const { session, connectionId, id, hangUp } = await shortCall();
  await hangUp();
  const story = await rig.webhook.story(connectionId);
  assert.equal(story.map(briefly), WHOLE_STORY);
  for (const notice of story) {
    assert.is(notice.sessionId, session);
    assert.is(notice.projectId, rig.box.application.apiKey);
    assert.type(notice.timestamp, 'number');
    assert.ok((notice.timestamp ?? 0) >= before - 1000 && (notice.timestamp ?? 0) <= Date.now() + 1000);
    assert.equal(Object.keys(notice.call ?? {}).sort(), ['connectionId', 'createdAt', 'id']);
    assert.is(notice.call?.id, id);
    assert.is(notice.call?.createdAt, story[0]?.call?.createdAt);
  }
  const times = story.map(({ timestamp }) => timestamp ?? 0);
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  );
  const destroyed = story.at(-1);
  assert.is(destroyed?.reason_code, '700');
  assert.is(destroyed?.reason_message, 'Normal Clearing');
  assert.equal(rig.webhook.strange, []);
});

rig.test('the notices of a session tell of its connection and stream, with what the token carries', async () => {
  const { session, connectionId, streamId, hangUp } = await shortCall('name=Zoë&n=1');
  await hangUp();
  const ofSession = () =>
    rig.webhook.received.flatMap(({ path, body }) => (path === '/session' && body.sessionId === session ? [body] : []));
  await until('sessionDestroyed', () => ofSession().some(({ event }) => event === 'sessionDestroyed'));
  assert.equal(
    ofSession().map(({ event, reason }) => (reason === undefined ? event : `${event} ${reason}`)),
    [
      'sessionCreated',
      'connectionCreated',
      'streamCreated',
      'streamDestroyed forceDisconnected',
      'connectionDestroyed forceDisconnected',
      'sessionDestroyed',
    ],
  );
  const [, connected, published] = ofSession();
  assert.is(connected?.connection?.id, connectionId);
  assert.is(connected?.connection?.data, 'name=Zoë&n=1');
  assert.is(published?.stream?.id, streamId);
});

rig.test('every event has an id of its own', async () => {
  const { connectionId, hangUp } = await shortCall();
  await hangUp();
  await rig.webhook.story(connectionId);
  const ids = rig.webhook.received.map(({ headers }) => headers['x-crosspoint-event-id']);
  assert.ok(ids.every(id => typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)));
  assert.is(new Set(ids).size, ids.length);
});

/** Of the service, before anything went wrong. */
let residentKb: number | undefined;

const bad = [
  [{ status: 500 }, 'answers 500'],
  ['reset', 'tears its connections down'],
  [{ status: 307, headers: { location: '/elsewhere' } }, 'sends elsewhere'],
  ['hang', 'does not answer'],
] as const;

for (const [mood, how] of bad) {
  rig.test(`while the application ${how} calls go on, and later it hears everything, in order`, async () => {
    residentKb ??= rig.ownIfAny?.figures().residentKb;
    rig.webhook.mood = mood;
    const attempts = rig.webhook.attempts;
    const began = performance.now();
    const { connectionId, hangUp } = await shortCall();
    await hangUp();
    const tookMs = performance.now() - began;
    assert.ok(tookMs < 4_000, `a call took ${tookMs.toFixed(0)} ms`);
    await until('two vain attempts', () => rig.webhook.attempts >= attempts + 2, { limitMs: 15_000 });
    assert.equal(rig.webhook.ofConnection(connectionId), []);
    rig.webhook.mood = { status: 200 };
    assert.equal((await rig.webhook.story(connectionId, 30_000)).map(briefly), WHOLE_STORY);
    assert.equal(
      rig.webhook.received.filter(({ path }) => path === '/elsewhere'),
      [],
    );
  });
}

rig.test('the operator sees which webhook is down and why, what waits for it, and that it is up again', async () => {
  const webhook = async () => {
    const { body } = await rig.box.asOperator('GET', '/device/webhooks');
    const items = body.items as readonly {
      kind: string;
      state: string;
      pending: number;
      lastError: { reason: string };
    }[];
    return items.find(({ kind }) => kind === 'call');
  };
  rig.webhook.mood = { status: 503 };
  const { connectionId, hangUp } = await shortCall();
  await hangUp();
  await until('the webhook to be down', async () => (await webhook())?.state === 'down', {
    limitMs: 15_000,
    state: webhook,
  });
  const down = await webhook();
  assert.equal([down?.lastError.reason, down?.pending], ['answered 503', 6]);
  rig.webhook.mood = { status: 200 };
  await rig.webhook.story(connectionId, 30_000);
  await until('nothing to wait', async () => (await webhook())?.pending === 0, { state: webhook });
  assert.is((await webhook())?.state, 'up');
});

rig.test('with all that the service has not grown', async () => {
  const now = rig.ownIfAny?.figures().residentKb;
  if (now === undefined || residentKb === undefined) return console.log('not shown: the box is not ours');
  console.log(`${residentKb} KB, then ${now} KB`);
  assert.ok(now - residentKb < 20_000, `it grew by ${now - residentKb} KB`);
});

rig.test('an application that is slow to answer delays no call', async () => {
  rig.webhook.mood = { status: 200, afterMs: 1_500 };
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const started = performance.now();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const took = performance.now() - started;
  assert.ok(took < 1_000, `dialled and answered in ${took.toFixed(0)} ms`);
  await application.hangUp(session, connectionId);
  assert.equal((await rig.webhook.story(connectionId, 30_000)).map(briefly), WHOLE_STORY);
  rig.webhook.mood = { status: 204 };
});

rig.run();
