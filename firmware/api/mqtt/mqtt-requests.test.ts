import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import { type CallId, type ConnectionId, newId, type ProjectId, type StreamId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { DialRequest } from '../../calls/dial-request.ts';
import type { Project } from '../../config/projects.ts';
import { MessageHeaders } from '../../monitoring/message-headers.ts';
import { responses, type Verb } from '../../monitoring/topics-request.ts';
import { Sessions } from '../../sessions/registry.ts';
import { IdempotencyKeys } from '../idempotency.ts';
import { keptNowhere } from '../testing/kept-nowhere.ts';
import { MqttRequests } from './mqtt-requests.ts';
import type { VerbDeps } from './verbs.ts';

const projectNamed = (id: string): Project => ({
  id: id as ProjectId,
  kind: 'opentok',
  secret: `secret of ${id}`,
  sipMonitoringUrl: null,
  sessionMonitoringUrl: null,
});
const [ours, theirs] = [projectNamed('ours'), projectNamed('theirs')];

type LiveCall = NonNullable<ReturnType<VerbDeps['calls']['get']>>;

/** Requests of a box whose calls are only written down. */
function newBox(over: Partial<VerbDeps> = {}) {
  const clock = new ManualClock();
  const sessions = new Sessions({
    store: { save: async () => undefined, all: async () => [], delete: async () => undefined },
    events: { record: async () => undefined },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 100, connectionsPerSession: 10 },
  });
  const live = new Map<string, LiveCall>();
  const asked: string[] = [];
  const dialled: DialRequest[] = [];
  const calls: VerbDeps['calls'] = {
    get: id => live.get(id),
    list: () => [...live.values()],
    async dial(project, session, request) {
      dialled.push(request);
      const ids = { id: newId<CallId>(), connectionId: newId<ConnectionId>(), streamId: newId<StreamId>() };
      const { id, connectionId } = ids;
      const ref = { id, project: project.id, session: session.id, connection: connectionId, createdAt: clock.now() };
      live.set(id, { ref, direction: 'outbound', from: 'me', to: request.uri, state: 'DIALING', muted: false });
      return ids;
    },
    async hangup(_project, _session, connection) {
      asked.push(`hangup ${connection}`);
    },
    async sendDigits(_project, _session, connection, digits) {
      asked.push(`dtmf ${connection} ${digits}`);
    },
    async mute(id, on, by) {
      asked.push(`mute ${id} ${on} ${by}`);
    },
    async hold(id, on) {
      if (on) throw new CrosspointError('call.not-active', 'The call has not been answered yet');
      asked.push(`hold ${id} ${on}`);
    },
    async muteStream() {},
    async muteSession() {},
  };
  const answers: { topic: string; qos: number; payload: Record<string, unknown> }[] = [];
  const requests = new MqttRequests({
    projects: new Map([ours, theirs].map(project => [project.id, project])),
    sessions,
    calls,
    readiness: () => ({ ready: { sip: true, worker: true, store: true }, draining: false }),
    idempotency: new IdempotencyKeys(clock, keptNowhere),
    headers: new MessageHeaders({ box: 'b1', bootId: 'boot', clock }),
    tell: ({ topic, qos, payload }) => answers.push({ topic, qos, payload: JSON.parse(payload) }),
    clock,
    log: silentLog,
    ...over,
  });
  async function ask(verb: string, body: unknown, { project = 'ours', retain = false } = {}) {
    const before = answers.length;
    const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    await requests.take({ topic: `crosspoint/b1/project/${project}/request/${verb}`, payload, retain });
    const [answer] = answers.slice(before);
    if (answer) {
      const schema = responses[verb as Verb];
      assert.ok(Value.Check(schema, answer.payload), JSON.stringify(answer.payload));
      assert.equal([answer.topic, answer.qos], [`crosspoint/b1/project/${project}/response/${verb}`, 1]);
    }
    return (answer?.payload ?? null) as {
      transaction: string | null;
      ok: boolean;
      result?: Record<string, string>;
      error?: { code: string; status: number; message: string };
    } | null;
  }
  return { ask, asked, answers, dialled, live, sessions, clock, requests };
}

const sip = { uri: 'sip:x@127.0.0.1' };

test('dial places a call in the session that is named, or in a new one, and says what it is known by', async () => {
  const { ask, dialled, sessions } = newBox();
  const session = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const headers = { 'X-Ticket': '7' };
  const named = await ask('dial', {
    transaction: 't1',
    session: session.id,
    data: 'd',
    publishes: false,
    sip: { ...sip, headers, streams: ['s1'] },
  });
  assert.is(named?.result?.session, session.id);
  assert.equal(
    [dialled[0]?.uri, dialled[0]?.headers, dialled[0]?.connectionData, dialled[0]?.publishes, dialled[0]?.streams],
    ['sip:x@127.0.0.1', [['X-Ticket', '7']], 'd', false, ['s1']],
  );
  const fresh = await ask('dial', { transaction: 't2', sip });
  assert.ok(fresh?.ok && sessions.get(ours.id, String(fresh.result?.session)));
  assert.is.not(fresh?.result?.session, session.id);
});

test('the same transaction rings once and has the same answer; with other contents it is refused', async () => {
  const { ask, dialled } = newBox();
  const first = await ask('dial', { transaction: 't1', sip });
  const again = await ask('dial', { transaction: 't1', sip });
  assert.equal(again?.result, first?.result);
  assert.is(dialled.length, 1);
  const other = await ask('dial', { transaction: 't1', sip: { uri: 'sip:y@127.0.0.1' } });
  assert.equal([other?.ok, other?.error?.code, other?.error?.status], [false, 'http.idempotency-mismatch', 422]);
  const theirAnswer = await ask('dial', { transaction: 't1', sip }, { project: 'theirs' });
  assert.is.not(theirAnswer?.result?.call, first?.result?.call);
  assert.is(dialled.length, 2);
});

test('hangup, dtmf, mute and hold reach the call that is named', async () => {
  const { ask, asked, live } = newBox();
  const call = String((await ask('dial', { transaction: 'd', sip }))?.result?.call);
  const connection = live.get(call)?.ref.connection;
  assert.ok((await ask('dtmf', { transaction: '1', call, digits: '12#p' }))?.ok);
  assert.ok((await ask('mute', { transaction: '2', call, on: true }))?.ok);
  assert.ok((await ask('hold', { transaction: '3', call, on: false }))?.ok);
  assert.ok((await ask('hangup', { transaction: '4', call }))?.ok);
  assert.equal(asked, [
    `dtmf ${connection} 12#p`,
    `mute ${call} true moderator`,
    `hold ${call} false`,
    `hangup ${connection}`,
  ]);
});

test('a failure has the code and the status that HTTP has, and is tried again when it is asked again', async () => {
  const { ask } = newBox();
  const call = String((await ask('dial', { transaction: 'd', sip }))?.result?.call);
  for (let i = 0; i < 2; i++) {
    const answer = await ask('hold', { transaction: 'h', call, on: true });
    assert.equal([answer?.transaction, answer?.error?.code, answer?.error?.status], ['h', 'call.not-active', 400]);
  }
});

for (const [verb, body] of Object.entries({
  hangup: {},
  dtmf: { digits: '1' },
  mute: { on: true },
  hold: { on: true },
  status: {},
}))
  test(`${verb} of another project's call finds no call`, async () => {
    const { ask, asked } = newBox();
    const call = (await ask('dial', { transaction: 'd', sip }, { project: 'theirs' }))?.result?.call;
    const answer = await ask(verb, { transaction: 't', call, ...body });
    assert.equal([answer?.ok, answer?.error?.code, answer?.error?.status], [false, 'call.unknown', 404]);
    assert.equal(asked, []);
  });

test("another project's session is unknown, and nobody rings", async () => {
  const { ask, sessions, dialled } = newBox();
  const session = await sessions.create(theirs.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const answer = await ask('dial', { transaction: 't', session: session.id, sip });
  assert.is(answer?.error?.code, 'session.unknown');
  assert.is(dialled.length, 0);
});

test('status lists the live calls of the project alone', async () => {
  const { ask } = newBox();
  await ask('dial', { transaction: 'theirs', sip }, { project: 'theirs' });
  const call = (await ask('dial', { transaction: 'ours', sip }))?.result?.call;
  const all = (await ask('status', { transaction: 's' }))?.result as unknown as {
    count: number;
    calls: { call: string }[];
  };
  assert.equal([all.count, all.calls.map(each => each.call)], [1, [call]]);
});

for (const [what, body, code] of [
  ['no JSON', 'dial!', 'http.bad-request'],
  ['a list', [], 'http.bad-request'],
  ['no transaction', { sip }, 'http.bad-request'],
  ['a key too many', { transaction: 't', sip, extra: 1 }, 'http.bad-request'],
  [
    "a header of the gateway's own",
    { transaction: 't', sip: { ...sip, headers: { 'X-OpenTok-A': '1' } } },
    'http.bad-request',
  ],
  ['a session that is none', { transaction: 't', session: 'nonsense', sip }, 'http.bad-request'],
] as const)
  test(`a dial with ${what} is refused with a sentence`, async () => {
    const { ask, dialled } = newBox();
    const answer = await ask('dial', body);
    assert.equal([answer?.ok, answer?.error?.code], [false, code]);
    assert.ok((answer?.error?.message.length ?? 0) > 10);
    assert.is(dialled.length, 0);
  });

test('what is retained, too large, of an unknown project or verb is ignored', async () => {
  const { ask, dialled, answers } = newBox();
  await ask('dial', { transaction: 't', sip }, { retain: true });
  await ask('dial', { transaction: 't', sip, data: 'x'.repeat(20_000) });
  await ask('dial', { transaction: 't', sip }, { project: 'nobody' });
  await ask('reboot', { transaction: 't' });
  assert.equal([dialled.length, answers.length], [0, 0]);
});

test('a project that asks too often is heard again later, and another one meanwhile', async () => {
  const { ask, answers, clock } = newBox();
  for (let i = 0; i < 60; i++) await ask('status', { transaction: `s${i}` });
  assert.is(answers.length, 40);
  await ask('status', { transaction: 's' }, { project: 'theirs' });
  assert.is(answers.length, 41);
  clock.advance(1000);
  for (let i = 0; i < 60; i++) await ask('status', { transaction: `s${i}` });
  assert.is(answers.length, 61);
});

test('sixteen requests are under way at a time, the next is told to come again', async () => {
  let release: (() => void) | null = null;
  const held = new Promise<void>(resolve => {
    release = resolve;
  });
  const box = newBox();
  const calls = { ...callsOf(box), hangup: () => held };
  const { ask, requests } = newBox({ calls });
  const call = String((await box.ask('dial', { transaction: 'd', sip }))?.result?.call);
  const topic = 'crosspoint/b1/project/ours/request/hangup';
  const payload = (i: number) => Buffer.from(JSON.stringify({ transaction: `h${i}`, call }));
  const underWay = Array.from({ length: 16 }, (_, i) => requests.take({ topic, payload: payload(i), retain: false }));
  const answer = await ask('hangup', { transaction: 'late', call });
  assert.equal([answer?.error?.code, answer?.error?.status], ['http.too-many-requests', 429]);
  (release as (() => void) | null)?.();
  await Promise.all(underWay);
  assert.ok((await ask('hangup', { transaction: 'late', call }))?.ok);
});

/** The calls of a box, for another one. */
function callsOf({ live }: ReturnType<typeof newBox>): VerbDeps['calls'] {
  const none = async () => {};
  return {
    get: id => live.get(id),
    list: () => [...live.values()],
    dial: () => Promise.reject(new Error('not asked for')),
    hangup: none,
    sendDigits: none,
    mute: none,
    hold: none,
    muteStream: none,
    muteSession: none,
  };
}

test('a dial while the box is not ready is refused as over HTTP', async () => {
  const { ask } = newBox({ readiness: () => ({ ready: { sip: true, worker: false, store: true }, draining: false }) });
  const answer = await ask('dial', { transaction: 't', sip });
  assert.equal([answer?.error?.code, answer?.error?.status], ['http.not-ready', 503]);
});

test.run();
