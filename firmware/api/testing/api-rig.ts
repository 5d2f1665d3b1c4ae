import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import type { Announcement } from '../../announcements/announcements.ts';
import { CrosspointError } from '../../base/errors.ts';
import { type ConnectionId, newId, type ProjectId, type SessionId } from '../../base/ids.ts';
import { createLog, silentLog } from '../../base/log.ts';
import { LogLevelSwitch } from '../../base/log-level.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { DialRequest } from '../../calls/dial-request.ts';
import { ConfigFile } from '../../config/config-file.ts';
import { parseConfig } from '../../config/load.ts';
import type { OpentokProject, Project } from '../../config/projects.ts';
import { Callbacks } from '../../monitoring/webhooks/callbacks.ts';
import { WebhookDirectory } from '../../monitoring/webhooks/webhook-directory.ts';
import { Webhooks } from '../../monitoring/webhooks.ts';
import type { CallMediaRecord } from '../../quality/call-media.ts';
import { PinBook } from '../../scripts/pin/pin-book.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import { ArchivesRig } from '../../sessions/archives/archives.fixture.ts';
import { Clients } from '../../sessions/clients.ts';
import type { SessionEvent } from '../../sessions/events.ts';
import { RecordingsRig } from '../../sessions/recordings/recordings.fixture.ts';
import { Sessions } from '../../sessions/registry.ts';
import type { Trace } from '../../sip/trace/traced-message.ts';
import type { KeptCall } from '../../store/call-records.ts';
import type { Peers } from '../../webrtc/peers.ts';
import { buildApi } from '../api.ts';
import { DownloadLinks } from '../archives/download-links.ts';
import { IdempotencyKeys } from '../idempotency.ts';
import type {
  CallControl,
  CallHangup,
  CallHold,
  CallMute,
  CallPlay,
  CallQuery,
  CallView,
  ConnectionCalls,
  Readiness,
  SessionMute,
} from '../ports.ts';
import { emptyOutbox, keptNowhere } from './kept-nowhere.ts';
import { OpenTok, type OpentokSdk } from './opentok-sdk.ts';
import { WrittenScripts } from './written-scripts.ts';

export const OPERATOR_TOKEN = 'operator-token-of-the-test';

/** What somebody should look at, there. */
export const ALERT = {
  id: 'disk',
  severity: 'warning',
  sentence: 'The disk is full',
  detail: { freeBytes: 1 },
  since: 1,
} as const;

/** What was asked of the calls. */
export interface Asked {
  readonly queries: CallQuery[];
  readonly dialled: { project: ProjectId; session: SessionId; request: DialRequest }[];
  readonly hungUp: ConnectionId[];
  readonly held: { id: string; on: boolean }[];
  readonly muted: { id: string; on: boolean; by: string }[];
  readonly played: { id: string; announcement: Announcement; toSession: boolean }[];
  readonly stopped: { id: string; player: string | null; fadeOutMs: number }[];
  readonly forceMuted: ({ stream: string } | SessionMute)[];
  readonly digits: { session: SessionId; connection: ConnectionId | null; digits: string }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface RequestOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Sent as the body, with its type. */
  readonly json?: unknown;
}

/** What `buildApi` has put on the server. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

export interface ApiRigOptions {
  /** Beside the two of OpenTok. */
  readonly moreProjects?: readonly Project[];
  /** Default: WebRTC is switched off. */
  readonly peers?: (parts: { readonly clients: Clients; readonly clock: ManualClock }) => Peers;
  /** Default: the rig's own, that are only written down. */
  readonly scripts?: ScriptsPort;
}

/** The API on a free port with calls that are only written down, and the SDK that drives it. */
export interface ApiRig {
  readonly url: string;
  readonly port: number;
  /** Without those that only say what HEAD is. */
  readonly routes: readonly Route[];
  readonly ours: OpentokProject;
  readonly theirs: OpentokProject;
  readonly sdk: OpentokSdk;
  readonly theirSdk: OpentokSdk;
  readonly clock: ManualClock;
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly asked: Asked;
  /** Calls that scripts lead. */
  readonly scripts: WrittenScripts;
  readonly calls: CallView[];
  /** Calls that are over. */
  readonly kept: KeptCall[];
  readonly traces: Map<string, Trace>;
  readonly media: Map<string, CallMediaRecord>;
  readonly recordings: RecordingsRig;
  readonly archives: ArchivesRig;
  /** Change it to break or drain the box. */
  readonly logLevel: LogLevelSwitch;
  readonly state: {
    mayScrape?: boolean;
    ready: Record<'sip' | 'worker' | 'store', boolean>;
    draining: boolean;
    dialError?: Error;
  };
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

function project(id: string): OpentokProject {
  return {
    kind: 'opentok',
    id: id as ProjectId,
    secret: `secret-of-project-${id}`,
    sipMonitoringUrl: null,
    sessionMonitoringUrl: null,
  };
}

export async function startApi({ moreProjects = [], peers, scripts: given }: ApiRigOptions = {}): Promise<ApiRig> {
  const ours = project('46000001');
  const theirs = project('46000002');
  // The SDK signs with the time of day, so the box must have it too.
  const clock = new ManualClock(Date.now());
  const sessions: Sessions = memorySessions(clock, event => archives.archives.sessionEvent(event));
  const projects = new Map([ours, theirs, ...moreProjects].map(entry => [entry.id, entry]));
  const clients = new Clients({ sessions, projects, clock });
  const asked: Asked = {
    queries: [],
    dialled: [],
    hungUp: [],
    held: [],
    muted: [],
    played: [],
    stopped: [],
    forceMuted: [],
    digits: [],
  };
  const calls: CallView[] = [];
  const kept: KeptCall[] = [];
  const traces = new Map<string, Trace>();
  const media = new Map<string, CallMediaRecord>();
  const recordings = new RecordingsRig(clock);
  const archives = new ArchivesRig(recordings, sessions, clock);
  const webhooks = new Webhooks({ store: emptyOutbox, allowPrivateTargets: false, clock, log: silentLog });
  const state: ApiRig['state'] = { ready: { sip: true, worker: true, store: true }, draining: false };
  const scripts = new WrittenScripts();
  const logLevel = new LogLevelSwitch(createLog('silent', { write: () => {} }), 'silent', clock);
  const app = buildApi({
    projects,
    operatorToken: OPERATOR_TOKEN,
    sessions,
    clients,
    peers: peers?.({ clients, clock }) ?? null,
    calls: writtenDown(sessions, asked, state),
    directory: {
      list: async query => {
        asked.queries.push(query);
        return { items: calls, next: null };
      },
      get: async id => calls.find(call => call.id === id),
    },
    records: {
      async *all() {
        yield kept;
      },
      delete: async id => {
        const at = calls.findIndex(call => call.id === id);
        if (at >= 0) calls.splice(at, 1);
      },
    },
    about: { software: '0.1.0', box: 'test', bootId: 'boot', startedAt: 1 },
    alerts: { list: () => [ALERT] },
    drain: {
      get on() {
        return state.draining;
      },
      set: on => {
        state.draining = on;
      },
    },
    liveCalls: () => calls.length,
    config: new ConfigFile(undefined, parseConfig('', '(defaults)'), {}),
    traces: { read: async id => traces.get(id) ?? null },
    callMedia: { read: async id => media.get(id) ?? null },
    recordings: recordings.recordings,
    archives: archives.archives,
    links: new DownloadLinks(randomBytes(32), clock),
    callbacks: new Callbacks({
      store: keptNowhere,
      projects,
      allowPrivateTargets: false,
      added: (target, address) => webhooks.add(target, address),
      removed: async () => 0,
      clock,
      log: silentLog,
    }),
    forwards: { set: async () => {}, clear: async () => {} },
    numberRoutes: () => [],
    numberTarget: (_, number) => `trunk:carrier/${number}`,
    pins: new PinBook({ store: keptNowhere, sessionIsThere: () => true, clock, log: silentLog }),
    webhooks: new WebhookDirectory({ store: emptyOutbox, webhooks }),
    recordingFormat: 'ogg',
    trunks: { list: () => [], get: () => null },
    scripts: given ?? scripts,
    origin: 'http://box.example.com',
    idempotency: new IdempotencyKeys(clock, keptNowhere),
    readiness: (): Readiness => state,
    capacity: () => ({ calls: calls.length, legs: 0, limit: null, boundBy: null, refusing: null }),
    metrics: { render: async format => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: format }) },
    mayScrape: () => state.mayScrape === true,
    logLevel,
    speaking: { https: null, plain: 'always' },
    clock,
    log: silentLog,
  });
  const routes: Route[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.push({ method: each, url });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    routes,
    ours,
    theirs,
    sdk: new OpenTok(ours.id, ours.secret, url),
    theirSdk: new OpenTok(theirs.id, theirs.secret, url),
    clock,
    sessions,
    clients,
    asked,
    scripts,
    calls,
    kept,
    traces,
    media,
    recordings,
    archives,
    state,
    logLevel,
    request: (method, path, options) => request(`${url}${path}`, method, options),
    close: async () => {
      await app.close();
      webhooks.close();
      recordings.close();
    },
  };
}

function memorySessions(clock: ManualClock, told: (event: SessionEvent) => void): Sessions {
  return new Sessions({
    store: { save: async () => undefined, all: async () => [], delete: async () => undefined },
    events: { record: async event => told(event) },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 1000, connectionsPerSession: 10 },
  });
}

function writtenDown(
  sessions: Sessions,
  asked: Asked,
  state: ApiRig['state'],
): CallControl & CallHold & CallMute & CallPlay & CallHangup & ConnectionCalls {
  return {
    async hangupAnybodys(id) {
      if (id === 'nobody') throw new CrosspointError('call.unknown', 'There is no such live call');
      asked.hungUp.push(id as ConnectionId);
    },
    async hold(id, on) {
      if (id === 'nobody') throw new CrosspointError('call.unknown', 'There is no such live call');
      if (id === 'ringing') throw new CrosspointError('call.not-active', 'The call has not been answered yet');
      asked.held.push({ id, on });
    },
    async dial({ id: project }, { id: session }, request) {
      if (state.dialError) throw state.dialError;
      asked.dialled.push({ project, session, request });
      const { connectionId, streamId } = sessions.join(
        project,
        session,
        request.connectionData,
        '',
        request.layoutClasses,
      );
      sessions.publish(project, session, connectionId);
      return { id: newId(), connectionId, streamId };
    },
    ofConnection({ id: project }, session, connection) {
      const isPhone = sessions.streamOf(project, session, connection) !== null;
      if (!isPhone) throw new CrosspointError('call.unknown', 'There is no such connection in that session');
      return { ref: { id: `call of ${connection}` }, quality: { lastInterval: [] } };
    },
    async hangup({ id: project }, session, connection) {
      if (sessions.streamOf(project, session, connection) === null)
        throw new CrosspointError('call.unknown', 'There is no such connection in that session');
      asked.hungUp.push(connection);
      await sessions.leave(project, session, connection, 'forceDisconnected');
    },
    async mute(id, on, by) {
      if (id === 'nobody') throw new CrosspointError('call.unknown', 'There is no such live call');
      if (id === 'bridge') throw new CrosspointError('call.bridged', 'The call is a bridge of two far ends');
      asked.muted.push({ id, on, by });
    },
    async play(id, announcement, toSession) {
      if (id === 'nobody') throw new CrosspointError('call.unknown', 'There is no such live call');
      if ('file' in announcement.what && announcement.what.file === 'broken.wav')
        throw new CrosspointError('media.file-undecodable', 'broken.wav cannot be decoded');
      asked.played.push({ id, announcement, toSession });
      return { player: 'player-1', state: 'playing' };
    },
    async stopPlay(id, player, fadeOutMs) {
      if (player === 'x') throw new CrosspointError('media.player-unknown', 'Nothing of that id is being played');
      asked.stopped.push({ id, player, fadeOutMs });
    },
    async muteStream({ id: project }, session, stream) {
      sessions.muteStream(project, session, stream);
      asked.forceMuted.push({ stream });
    },
    async muteSession({ id: project }, session, mute) {
      if (mute.active) sessions.muteAll(project, session, new Set(mute.excluded));
      else sessions.endMute(project, session);
      asked.forceMuted.push(mute);
    },
    async sendDigits(_project, session, connection, digits) {
      if (digits === '#') throw new CrosspointError('call.not-active', 'The call has not been answered');
      asked.digits.push({ session, connection, digits });
    },
  };
}

async function request(url: string, method: string, { headers, body, json }: RequestOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(method === 'GET' ? {} : { body: json === undefined ? (body ?? null) : JSON.stringify(json) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.toLowerCase().startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}

/** The header of a REST request, as the SDK makes it, with claims to change. */
export function restAuth(project: OpentokProject, claims: Record<string, unknown> = {}): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  const token = jwt.sign({ iss: project.id, ist: 'project', iat: now, exp: now + 300, ...claims }, project.secret);
  return { 'x-opentok-auth': token };
}
