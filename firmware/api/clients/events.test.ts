import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, restAuth, startApi } from '../testing/api-rig.ts';
import { EventClient } from '../testing/event-client.ts';
import { called } from '../testing/opentok-sdk.ts';
import { participantToken } from '../testing/participant-token.ts';

/** The event channel over HTTP, with calls that are only written down. */
const test = suite<ApiRig>('the event channel');

const open: EventClient[] = [];

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after.each(() => {
  for (const client of open.splice(0)) client.socket.terminate();
});
test.after(({ close }) => close());

const camera = { name: 'me', videoType: 'camera', hasAudio: true, hasVideo: true } as const;
const silent = { muted: () => {}, ended: () => {} };

async function newSession({ sessions, ours }: ApiRig): Promise<string> {
  return (await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' })).id;
}

async function enter({ url, sdk }: ApiRig, session: string, role = 'publisher', data = ''): Promise<EventClient> {
  const client = await EventClient.entered(url, session, sdk.generateToken(session, { role, data }));
  open.push(client);
  return client;
}

function knock({ url }: ApiRig, session: string): EventClient {
  const client = new EventClient(url, session);
  open.push(client);
  return client;
}

/** The close code of a client that was not let in. */
async function refused(rig: ApiRig, session: string, token: string): Promise<number> {
  const client = knock(rig, session);
  await client.opened();
  client.send({ type: 'connect', token });
  return (await client.closed).code;
}

test('with a token of the SDK a client enters, of either kind, and sees who is there', async rig => {
  const session = await newSession(rig);
  const one = await enter(rig, session, 'moderator', 'data of one');
  const [connected] = one.told;
  assert.is(connected?.n, 1);
  assert.is(connected?.role, 'moderator');
  assert.equal(connected?.capabilities, {
    publish: true,
    subscribe: true,
    forceMute: true,
    forceDisconnect: true,
    forceUnpublish: true,
    dial: false,
  });
  assert.is(connected?.connection.data, 'data of one');
  assert.equal(connected?.connections, [connected?.connection]);
  assert.equal([connected?.streams, connected?.muted, connected?.resumeSeconds], [[], false, 30]);

  const two = await EventClient.entered(rig.url, session, rig.sdk.generateToken(session, {}, true));
  open.push(two);
  assert.is((await one.next('connectionCreated')).connection.id, two.told[0]?.connection.id);
  await two.leave();
  const { connectionId, reason } = await one.next('connectionDestroyed');
  assert.equal([connectionId, reason], [two.told[0]?.connection.id, 'clientDisconnected']);
});

test('nobody is let in with a token of another session, another project, another secret or another time', async rig => {
  const session = await newSession(rig);
  const other = await newSession(rig);
  const now = Date.now();
  const forged = { ...rig.ours, secret: 'another secret' };
  for (const token of [
    participantToken(rig.ours, other, now),
    participantToken(rig.theirs, session, now),
    participantToken(forged, session, now),
    participantToken(rig.ours, session, now, { exp: Math.floor(now / 1000) - 10 }),
    participantToken(rig.ours, session, now, { scope: 'other' }),
    'nonsense',
    '',
  ])
    assert.is(await refused(rig, session, token), 4401, token.slice(0, 20));
  assert.is(await refused(rig, 'no-session', participantToken(rig.ours, session, now)), 4401);
  assert.is(rig.sessions.anybodys(session).connections, 0);
});

test('what is no connect, or too large, ends the channel; another subprotocol is refused', async rig => {
  const session = await newSession(rig);
  for (const [text, code] of [
    ['{"type":"signal","id":1}', 4401],
    ['[', 4401],
    [`{"type":"connect","token":"${'x'.repeat(17_000)}"}`, 1009],
  ] as const) {
    const client = knock(rig, session);
    await client.opened();
    client.send(text);
    assert.is((await client.closed).code, code);
  }
  for (const protocol of ['chat', 'crosspoint.v2']) {
    const client = new EventClient(rig.url, session, { protocol });
    open.push(client);
    assert.match(
      await client.opened().then(
        () => '',
        (error: Error) => error.message,
      ),
      /400/,
    );
  }
  assert.is((await rig.request('GET', `/v2/session/${session}/events`)).status, 400);
});

test('any origin may connect', async rig => {
  const session = await newSession(rig);
  const client = new EventClient(rig.url, session, { headers: { origin: 'https://shop.example' } });
  open.push(client);
  await client.connect(rig.sdk.generateToken(session));
});

test('who does not say within 5 s who it is is sent away, and no more than 100 may wait', async rig => {
  const session = await newSession(rig);
  const waiting = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const client = knock(rig, session);
      await client.opened();
      return client;
    }),
  );
  const tooMany = knock(rig, session);
  assert.is((await tooMany.closed).code, 1013);
  rig.clock.advance(5_000);
  const codes = await Promise.all(waiting.map(({ closed }) => closed));
  assert.equal([...new Set(codes.map(({ code }) => code))], [4401]);
  await enter(rig, session);
});

test('a channel that was cut comes back with every one of 200 signals, in order and once', async rig => {
  const session = await newSession(rig);
  const one = await enter(rig, session);
  const two = await enter(rig, session);
  const key = String(one.told[0]?.key);
  for (let i = 0; i < 100; i++) two.send({ type: 'signal', id: 1000 + i, signalType: 'count', data: String(i) });
  await two.until(
    'its own signals',
    () => two.told.filter(({ type }) => type === 'signal').length === 100 || undefined,
  );
  const last = Math.max(1, one.lastNumber - 20);
  one.cut();
  rig.clock.advance(5_000);
  for (let i = 100; i < 200; i++) two.send({ type: 'signal', id: 1000 + i, signalType: 'count', data: String(i) });
  const again = await EventClient.resumed(rig.url, session, key, last);
  open.push(again);
  const before = one.told.filter(({ n }) => n <= last);
  const all = await again.until('the last signal', () =>
    again.told.some(({ data }) => data === '199') ? [...before, ...again.told] : undefined,
  );
  assert.is(again.told[0]?.type, 'resumed');
  assert.equal(
    all.map(({ n }) => n),
    all.map((_, i) => i + 1),
  );
  assert.equal(
    all.filter(({ type }) => type === 'signal').map(({ data }) => data),
    Array.from({ length: 200 }, (_, i) => String(i)),
  );
});

test('a key resumes its own connection in its own session alone', async rig => {
  const [session, other] = [await newSession(rig), await newSession(rig)];
  const client = await enter(rig, session);
  const key = String(client.told[0]?.key);
  for (const [where, with_, last] of [
    [other, key, 1],
    [session, `${key}x`, 1],
    [session, key, 99],
  ] as const) {
    const stranger = await EventClient.resumed(rig.url, where, with_, last);
    open.push(stranger);
    assert.is((await stranger.closed).code, 4410);
  }
  const again = await EventClient.resumed(rig.url, session, key, 1);
  open.push(again);
  await again.next('resumed');
  assert.is((await client.closed).code, 4409);
});

test('signals reach everybody, or one; the application signals, too', async rig => {
  const session = await newSession(rig);
  const one = await enter(rig, session, 'subscriber');
  const two = await enter(rig, session);
  const [from, to] = [one.told[0]?.connection.id, two.told[0]?.connection.id];
  assert.is((await one.ask('signal', { signalType: 'chat', data: 'all' })).ok, true);
  for (const client of [one, two]) assert.equal((await client.next('signal')).from, from);
  assert.is((await one.ask('signal', { to, signalType: 'chat', data: 'two' })).ok, true);
  assert.is((await two.next('signal')).data, 'two');
  assert.is((await one.ask('signal', { to: 'nobody' })).error.code, 'session.connection-unknown');
  assert.is((await one.ask('signal', { data: 'x'.repeat(8_193) })).error.code, 'session.signal-too-large');
  assert.is((await one.ask('signal', { signalType: 'é'.repeat(65) })).error.code, 'session.signal-too-large');

  await called(back => rig.sdk.signal(session, null, { type: 'news', data: 'for all' }, back));
  await called(back => rig.sdk.signal(session, to, { type: 'news', data: 'for two' }, back));
  assert.equal((await one.next('signal')).data, 'for all');
  assert.equal([(await two.next('signal')).data, (await two.next('signal')).from], ['for all', null]);
  const post = (path: string, json: unknown) =>
    rig.request('POST', `/v2/project/${rig.ours.id}/session/${session}/${path}`, {
      headers: restAuth(rig.ours),
      json,
    });
  assert.is((await post('signal', { type: 'x'.repeat(129) })).status, 413);
  assert.is((await post('connection/nobody/signal', { type: 'x' })).status, 404);
});

test('every role is refused what it may not', async rig => {
  const session = await newSession(rig);
  const victim = await enter(rig, session);
  const connectionId = victim.told[0]?.connection.id;
  const asks: [string, Record<string, unknown>][] = [
    ['forceMuteStream', { streamId: 'x' }],
    ['forceMuteAll', { active: true }],
    ['forceUnpublish', { streamId: 'x' }],
    ['forceDisconnect', { connectionId }],
    ['dial', { uri: 'sip:a@127.0.0.1' }],
    ['hangUp', { connectionId }],
    ['hold', { connectionId, on: true }],
    ['sendDigits', { connectionId, digits: '1' }],
    ['mute', { connectionId, on: true }],
    ['quality', { connectionId }],
  ];
  for (const role of ['subscriber', 'publisheronly', 'publisher']) {
    const client = await enter(rig, session, role);
    for (const [type, rest] of asks)
      assert.is((await client.ask(type, rest)).error?.code, 'session.may-not-moderate', `${role} ${type}`);
  }
  const moderator = await enter(rig, session, 'moderator');
  assert.is((await moderator.ask('dial', { uri: 'sip:a@127.0.0.1' })).error.code, 'session.may-not-moderate');
  assert.equal(rig.asked.dialled, []);
});

test('a moderator mutes, unpublishes and disconnects; the application does the same', async rig => {
  const session = await newSession(rig);
  const moderator = await enter(rig, session, 'moderator');
  const client = await enter(rig, session);
  const own = rig.clients.withKey(session as never, String(client.told[0]?.key));
  const told: unknown[] = [];
  const owner = { muted: (on: boolean) => void told.push(on), ended: (why: string) => void told.push(why) };
  const first = own.publish(camera, owner);
  const second = own.publish({ ...camera, hasVideo: false }, silent);

  assert.is((await moderator.ask('forceMuteStream', { streamId: first.id })).ok, true);
  assert.equal((await client.next('muteForced')).streamId, first.id);
  const { property, oldValue, newValue } = await moderator.next('streamChanged');
  assert.equal([property, oldValue, newValue], ['muted', false, true]);
  assert.is((await client.ask('setStream', { streamId: first.id, hasAudio: true })).ok, true);
  assert.is(
    (await moderator.ask('setStream', { streamId: first.id, hasAudio: true })).error.code,
    'session.stream-unknown',
  );
  await called(back => rig.sdk.forceMuteStream(session, first.id, back));
  assert.equal(told, [true, false, true]);

  const listed = await called<{ id: string; videoType: string; name: string }[]>(back =>
    rig.sdk.listStreams(session, back),
  );
  assert.equal(
    listed.map(({ id, videoType, name }) => [id, videoType, name]),
    [
      [first.id, 'camera', 'me'],
      [second.id, 'camera', 'me'],
    ],
  );
  assert.is((await moderator.ask('forceUnpublish', { streamId: first.id })).ok, true);
  assert.is((await client.next('streamDestroyed')).reason, 'forceUnpublished');
  assert.is(told.at(-1), 'forceUnpublished');

  await called(back => rig.sdk.forceMuteAll(session, { excludedStreams: [second.id] }, back));
  assert.ok(own.publish(camera, silent).muted);
  assert.not.ok(second.muted);
  assert.is((await moderator.ask('forceMuteAll', { active: false })).ok, true);
  assert.not.ok(own.publish(camera, silent).muted);

  assert.is((await moderator.ask('forceDisconnect', { connectionId: own.connection })).ok, true);
  await client.next('forceDisconnected');
  assert.is((await client.closed).code, 4403);
  const another = await enter(rig, session);
  await called(back => rig.sdk.forceDisconnect(session, another.told[0]?.connection.id, back));
  assert.is((await another.closed).code, 4403);
});

test('where the project lets them, moderators dial and lead calls', async rig => {
  const session = await newSession(rig);
  Object.assign(rig.ours, { clientsMayDial: true });
  try {
    const client = await enter(rig, session, 'moderator');
    assert.is(client.told[0]?.capabilities.dial, true);
    const dialled = await client.ask('dial', { uri: 'sip:bob@127.0.0.1:5070' });
    const { connectionId, streamId } = dialled;
    assert.is(dialled.ok, true);
    assert.is((await client.next('connectionCreated')).connection.kind, 'phone');
    assert.is((await client.next('streamCreated')).stream.id, streamId);
    assert.equal(
      [rig.asked.dialled[0]?.request.uri, rig.asked.dialled[0]?.request.from],
      ['sip:bob@127.0.0.1:5070', undefined],
    );
    for (const [type, rest] of [
      ['hold', { on: true }],
      ['mute', { on: true }],
      ['sendDigits', { digits: '12' }],
      ['quality', {}],
      ['hangUp', {}],
    ] as const)
      assert.is((await client.ask(type, { connectionId, ...rest })).ok, true, type);
    assert.is(rig.asked.held.at(-1)?.id, `call of ${connectionId}`);
    assert.equal(rig.asked.muted.at(-1), { id: `call of ${connectionId}`, on: true, by: 'moderator' });
    assert.is(rig.asked.digits.at(-1)?.connection, connectionId);
    assert.is(rig.asked.hungUp.at(-1), connectionId);
    assert.is((await client.ask('hangUp', { connectionId: 'nobody' })).error.code, 'call.unknown');
    assert.is((await client.ask('dial', { uri: 'sip:x', number: '1' })).error.code, 'session.bad-request');
    assert.is((await client.ask('dial', { number: '+4420' })).error.code, 'trunk.not-named');
    assert.is((await client.ask('dial', { uri: 'tel:+1' })).error.code, 'http.bad-request');
  } finally {
    Object.assign(rig.ours, { clientsMayDial: false });
  }
});

test('a flood ends the connection of who sends it, and nobody else’s', async rig => {
  const session = await newSession(rig);
  const other = await enter(rig, session);
  const client = await enter(rig, session);
  for (let i = 0; i < 500; i++) client.send({ type: 'ping', id: i });
  assert.is((await client.closed).code, 4429);
  assert.is((await other.next('connectionDestroyed')).reason, 'networkDisconnected');
  assert.is((await other.ask('ping')).ok, true);
});

test.run();
