import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import type { ConnectionId, ProjectId, SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { OpentokProject } from '../config/projects.ts';
import { capabilitiesOf } from './capabilities.ts';
import { Clients } from './clients.ts';
import type { SessionEvent } from './events.ts';
import type { Notice } from './notices.ts';
import { Sessions } from './registry.ts';
import { roles } from './token.ts';

function projectNamed(id: string): OpentokProject {
  return {
    kind: 'opentok',
    id: id as ProjectId,
    secret: `secret of ${id}`,
    sipMonitoringUrl: null,
    sessionMonitoringUrl: null,
  };
}

const ours = projectNamed('46000001');
const theirs = projectNamed('46000002');
const camera = { name: 'me', videoType: 'camera', hasAudio: true, hasVideo: true } as const;

async function setUp(connectionsPerSession = 10) {
  const clock = new ManualClock();
  const events: SessionEvent[] = [];
  const sessions = new Sessions({
    store: { save: async () => {}, all: async () => [], delete: async () => {} },
    events: { record: async event => void events.push(event) },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 10, connectionsPerSession },
  });
  const clients = new Clients({ sessions, projects: new Map([ours, theirs].map(each => [each.id, each])), clock });
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const token = (claims: Record<string, unknown> = {}) => tokenOf(ours, id, clock, claims);
  const enter = (role = 'publisher') => heard(clients.enter(ours, id, token({ role })));
  return { clock, events, sessions, clients, id, token, enter, types: () => events.map(({ type }) => type) };
}

function tokenOf(
  { id, secret }: OpentokProject,
  session: SessionId,
  clock: ManualClock,
  claims: Record<string, unknown>,
) {
  const exp = Math.floor(clock.now() / 1000) + 60;
  const all = { iss: id, ist: 'project', scope: 'session.connect', session_id: session, exp, ...claims };
  return jwt.sign(all, secret, { noTimestamp: true });
}

/** A client with all that it is told, shortly. */
function heard(client: ReturnType<Clients['enter']>) {
  const told: Notice[] = [];
  client.listen(notice => told.push(notice));
  return { client, told, heard: () => told.splice(0).map(({ type }) => type) };
}

/** The owner of a stream that writes down what it is told. */
function owner() {
  const told: (boolean | string)[] = [];
  return { told, muted: (on: boolean) => void told.push(on), ended: (reason: string) => void told.push(reason) };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isCrosspointError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

test('members see each other come, publish and go, and so does who watches', async () => {
  const { enter, types, events } = await setUp();
  const one = enter();
  const two = enter();
  const stream = two.client.publish(camera, owner());
  assert.equal(
    one.client.sessionView().connections.map(({ kind }) => kind),
    ['client', 'client'],
  );
  await two.client.leave('networkDisconnected');
  assert.equal(one.heard(), ['connectionCreated', 'streamCreated', 'streamDestroyed', 'connectionDestroyed']);
  assert.equal(two.heard(), ['streamCreated']);
  await one.client.leave('clientDisconnected');
  assert.equal(types(), [
    'sessionCreated',
    'connectionCreated',
    'connectionCreated',
    'streamCreated',
    'streamDestroyed',
    'connectionDestroyed',
    'connectionDestroyed',
    'sessionDestroyed',
  ]);
  const published = events.find(({ type }) => type === 'streamCreated');
  assert.ok(published?.type === 'streamCreated' && published.stream.id === stream.id);
  assert.is(published.stream.videoType, 'camera');
});

test('a client publishes several streams, and each ends by itself', async () => {
  const { enter, events } = await setUp();
  const { client, told } = enter();
  const first = client.publish(camera, owner());
  const second = client.publish({ name: '', videoType: null, hasAudio: true, hasVideo: false }, owner());
  await first.end('mediaStopped');
  await first.end('mediaStopped');
  assert.equal(
    client.sessionView().streams.map(({ id }) => id),
    [second.id],
  );
  const ends = told.filter(notice => notice.type === 'streamDestroyed');
  assert.equal(
    ends.map(({ streamId, reason }) => [streamId, reason]),
    [[first.id, 'mediaStopped']],
  );
  const audio = events.filter(event => event.type === 'streamCreated')[1];
  assert.not.ok(audio?.stream.videoType);
  for (let i = 1; i < 16; i++) client.publish(camera, owner());
  assert.is(
    refusal(() => client.publish(camera, owner())),
    'session.too-many-streams',
  );
});

test('whoever owns a stream hears once that its client is gone', async () => {
  const { enter } = await setUp();
  const { client } = enter();
  const media = owner();
  let gone = 0;
  client.onGone(() => gone++);
  const stream = client.publish(camera, media);
  await Promise.all([client.leave('clientDisconnected'), client.leave('networkDisconnected')]);
  assert.equal(media.told, ['clientDisconnected']);
  assert.is(gone, 1);
  client.onGone(() => gone++);
  assert.is(gone, 2);
  stream.change({ name: 'too late' });
  await stream.end('mediaStopped');
  assert.is(
    refusal(() => client.publish(camera, media)),
    'session.client-unknown',
  );
});

test('a token lets nobody into another session, another project, or in after its time', async () => {
  const { clients, clock, id, token, sessions } = await setUp();
  const { id: other } = await sessions.create(ours.id, {
    mediaMode: 'routed',
    archiveMode: 'manual',
    location: '',
  });
  const enter = (text: string, session = id) => refusal(() => clients.enter(ours, session, text));
  assert.is(enter(token(), other), 'session.token-invalid');
  assert.is(enter(tokenOf(theirs, id, clock, {})), 'session.token-foreign');
  assert.is(
    refusal(() => clients.enter(theirs, id, token())),
    'session.unknown',
  );
  const late = token();
  clock.advance(61_000);
  assert.is(enter(late), 'session.token-expired');
  assert.is(clients.size, 0);
});

test('a session id says whose it is; a made-up one is nobody’s', async () => {
  const { clients, id } = await setUp();
  assert.is(clients.projectOf(id), ours);
  const made = `2_${Buffer.from(`1~${ours.id}~~1~abc~~`).toString('base64url')}`;
  for (const nobodys of [made, 'x', '', '2_'])
    assert.is(
      refusal(() => clients.projectOf(nobodys)),
      'session.unknown',
    );
});

test('a key finds its client in its session, as long as it is there', async () => {
  const { clients, id, enter } = await setUp();
  const { client } = enter();
  assert.is(clients.withKey(id, client.key), client);
  const refused = (session: SessionId, key: string) => refusal(() => clients.withKey(session, key));
  assert.is(refused(id, `${client.key}x`), 'session.client-unknown');
  assert.is(refused('another' as SessionId, client.key), 'session.client-unknown');
  await client.leave('clientDisconnected');
  assert.is(refused(id, client.key), 'session.client-unknown');
  assert.is(clients.size, 0);
});

test('a subscriber does not publish', async () => {
  const { enter } = await setUp();
  assert.is(
    refusal(() => enter('subscriber').client.publish(camera, owner())),
    'session.may-not-publish',
  );
});

test('each role may what it is meant to', () => {
  const may = Object.fromEntries(
    roles.map(role => [
      role,
      Object.entries(capabilitiesOf(role, true)).flatMap(([name, allowed]) => (allowed ? [name] : [])),
    ]),
  );
  assert.equal(may, {
    publisher: ['publish', 'subscribe'],
    publisheronly: ['publish'],
    subscriber: ['subscribe'],
    moderator: ['publish', 'subscribe', 'forceMute', 'forceDisconnect', 'forceUnpublish', 'dial'],
  });
  assert.is(capabilitiesOf('moderator', false).dial, false);
});

test('a forced mute reaches the media, its client and everybody; switching the microphone on lifts it', async () => {
  const { enter, sessions, id } = await setUp();
  const one = enter();
  const two = enter();
  const media = owner();
  const stream = two.client.publish(camera, media);
  one.heard();
  two.heard();
  assert.is(sessions.muteStream(ours.id, id, stream.id), two.client.connection);
  assert.equal(media.told, [true]);
  assert.ok(stream.muted);
  assert.equal(two.heard(), ['streamChanged', 'muteForced']);
  assert.equal(one.heard(), ['streamChanged']);
  two.client.setStream(stream.id, { hasAudio: true });
  assert.equal(media.told, [true, false]);
  assert.not.ok(stream.muted);
  assert.equal(one.heard(), ['streamChanged']);
  assert.is(
    refusal(() => one.client.setStream(stream.id, { hasAudio: false })),
    'session.stream-unknown',
  );
});

test('in a muted session streams begin muted, and everybody knows', async () => {
  const { enter, sessions, id } = await setUp();
  const one = enter();
  const [loud, spared] = [owner(), owner()];
  one.client.publish(camera, loud);
  const { id: excepted } = one.client.publish(camera, spared);
  sessions.muteAll(ours.id, id, new Set([excepted]));
  assert.equal([loud.told, spared.told], [[true], []]);
  assert.ok(one.told.some(notice => notice.type === 'muteForced' && notice.active && notice.streamId !== null));
  const two = enter();
  assert.ok(two.client.sessionView().muted);
  assert.ok(two.client.publish(camera, owner()).muted);
  sessions.endMute(ours.id, id);
  assert.not.ok(two.client.publish(camera, owner()).muted);
  assert.equal(two.told.at(-2), { type: 'muteForced', active: false, streamId: null });
});

test('an unpublished stream is gone for everybody, and its owner knows why', async () => {
  const { enter, clients, types } = await setUp();
  const { client, told } = enter();
  const media = owner();
  const stream = client.publish(camera, media);
  await clients.forceUnpublish(client.session, stream.id);
  assert.equal(media.told, ['forceUnpublished']);
  const notice = told.at(-1);
  assert.ok(notice?.type === 'streamDestroyed' && notice.reason === 'forceUnpublished');
  assert.is(types().at(-1), 'streamDestroyed');
  assert.not.ok(client.gone);
});

test('a phone is seen as one: its number, its states, its mute', async () => {
  const { enter, sessions, id, clients } = await setUp();
  const { told, client } = enter();
  const { connectionId, streamId } = sessions.join(ours.id, id, '', '+14155550101');
  sessions.phoneMoved(ours.id, id, connectionId, 'ringing');
  sessions.phoneMoved(ours.id, id, connectionId, 'ringing');
  sessions.phoneMoved(ours.id, id, connectionId, 'active');
  sessions.publish(ours.id, id, connectionId);
  sessions.phoneMuted(ours.id, id, connectionId, true);
  const states = told.flatMap(notice => ('connection' in notice ? [notice.connection.phone?.state] : []));
  assert.equal(states, ['dialing', 'ringing', 'active']);
  const muted = told.at(-1);
  assert.ok(muted?.type === 'streamChanged' && muted.streamId === streamId && muted.newValue === true);
  assert.is(client.sessionView().connections[1]?.phone?.number, '+14155550101');
  assert.is(clients.withConnection(id, connectionId), undefined);
  await clients.forceUnpublish(client.session, streamId).then(
    () => assert.unreachable(),
    error => assert.is(error.code, 'session.stream-of-phone'),
  );
});

test('a key that a client or a phone presses is told to everybody, itself included, as long as it is there', async () => {
  const { enter, sessions, id } = await setUp();
  const [one, two] = [enter(), enter()];
  const { connectionId } = sessions.join(ours.id, id, '', '+1');
  one.told.length = 0;
  two.told.length = 0;
  const key = { digit: '5', durationMs: 100, source: 'rfc4733' } as const;
  one.client.pressed(key);
  sessions.phonePressed(ours.id, id, connectionId, { ...key, digit: null, source: 'info' });
  const wanted = [
    { type: 'digit', connectionId: one.client.connection, ...key },
    { type: 'digit', connectionId, ...key, digit: null, source: 'info' },
  ];
  assert.equal(one.told, wanted);
  assert.equal(two.told, wanted);
  await sessions.leave(ours.id, id, connectionId, 'clientDisconnected');
  two.told.length = 0;
  sessions.phonePressed(ours.id, id, connectionId, key);
  assert.equal(two.heard(), []);
});

test('a signal reaches everybody, its sender too, or the one it is for', async () => {
  const { enter, clients } = await setUp();
  const [one, two] = [enter(), enter()];
  one.heard();
  const signal = { from: one.client.connection, signalType: 'chat', data: 'hello' };
  clients.signal(one.client.session, signal, null);
  clients.signal(one.client.session, { ...signal, from: null }, two.client.connection);
  assert.equal(one.told, [{ type: 'signal', ...signal }]);
  assert.equal(two.told, [
    { type: 'signal', ...signal },
    { type: 'signal', ...signal, from: null },
  ]);
  assert.is(
    refusal(() => clients.signal(one.client.session, signal, 'nobody' as ConnectionId)),
    'session.connection-unknown',
  );
});

test('a client that is forced to disconnect hears of it, and the others why it went', async () => {
  const { enter, clients } = await setUp();
  const [one, two] = [enter(), enter()];
  await clients.forceDisconnect(two.client);
  assert.equal(two.heard(), ['forceDisconnected']);
  const notice = one.told.at(-1);
  assert.ok(notice?.type === 'connectionDestroyed' && notice.reason === 'forceDisconnected');
});

test('ten thousand clients leave nothing behind', async () => {
  const { enter, clients, sessions } = await setUp();
  for (let i = 0; i < 10_000; i++) {
    const { client } = enter();
    client.publish(camera, owner());
    await client.leave('clientDisconnected');
  }
  assert.is(clients.size, 0);
  assert.is(sessions.count().connections, 0);
});

test.run();
