import type { Announcements } from '../announcements/announcements.ts';
import type { Prompts } from '../announcements/prompts.ts';
import { systemClock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import type { CallServices } from '../calls/call.ts';
import { Calls } from '../calls/calls.ts';
import { directRoute } from '../calls/direct-route.ts';
import type { CallEvent } from '../calls/events.ts';
import { type SideTerms, USUAL_DIGITS } from '../calls/side-terms.ts';
import type { LegListener, Media, MediaLeg } from '../media/media.ts';
import type { Play, PlayEnd, Playing } from '../media/players.ts';
import { G711 } from '../sdp/sdp.samples.ts';
import { Sessions } from '../sessions/registry.ts';
import { emptied, type Placed, place, startAgent } from '../sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import { PHONE, type TestLeg, TestMedia } from '../trunks/bridge/bridge.fixture.ts';
import type { Action, RecordTerms, Script } from './action.ts';
import type { Application, Happening, Leader, ScriptSource } from './leader.ts';
import type { Outcome } from './outcome.ts';
import { TestRecorder } from './recorder.fixture.ts';
import { Scripts } from './scripts.ts';
import { BadStatus, type WebDocument, type WebFailure, type WebRequest } from './web.ts';

export const PROJECT = '78d335fa-323d-4114-9c3d-d6f0d48968cf' as ProjectId;

/** Something that is being played to a leg. */
export interface TestPlay extends Play {
  readonly leg: MediaLeg;
  stopped: boolean;
  /** It has been heard out. */
  finish(): void;
}

class PlayingMedia extends TestMedia {
  readonly plays: TestPlay[] = [];
  /** Sessions lie on another worker than the legs of scripts. */
  elsewhere = false;

  override async openLeg(
    placement: string | null,
    listener: LegListener,
    configure?: Parameters<Media['openLeg']>[2],
  ): Promise<MediaLeg> {
    const leg = (await super.openLeg(placement, listener)) as TestLeg;
    leg.config = configure?.(leg.local) ?? {};
    leg.visit = session => session === null || !this.elsewhere || session === placement;
    leg.play = async (play: Play): Promise<Playing> => {
      let end: (how: PlayEnd) => void = () => {};
      const ended = new Promise<PlayEnd>(resolve => {
        end = resolve;
      });
      const told: TestPlay = {
        ...play,
        leg,
        stopped: false,
        finish: () => end({ reason: 'finished', playedMs: 1 }),
      };
      this.plays.push(told);
      const stop = async () => {
        told.stopped = true;
        end({ reason: 'stopped', playedMs: 1 });
      };
      return { id: `p${this.plays.length}`, started: Promise.resolve(), ended, stop };
    };
    return leg;
  }
}

export interface Scene {
  readonly box: UserAgent;
  readonly port: number;
  readonly media: PlayingMedia;
  readonly scripts: Scripts;
  readonly sessions: Sessions;
  readonly events: CallEvent[];
  /** Of all calls, in order. */
  readonly happenings: Happening[];
  /** What was asked for, with what it told of. */
  readonly asked: { readonly url: string; readonly outcome: Outcome; readonly failed: WebFailure | null }[];
  /** By URL: actions, null for a document that says nothing, or what makes it impossible. */
  readonly documents: Map<string, Action[] | null | CrosspointError | Promise<Action[]>>;
  readonly recorder: TestRecorder;
  /** How calls are recorded as a whole. */
  records: RecordTerms | null;
  /** What calls are led by when they come. */
  first: ScriptSource;
  apology: Leader['apology'];
  fallback: string | null;
  readonly application: Application;
  /** Calls the application's number. */
  call(): Placed;
  readonly phone: UserAgent;
  /** Whom scripts call by number. */
  readonly callee: UserAgent;
}

const TERMS: SideTerms = { codecs: G711, security: 'none', digits: USUAL_DIGITS };

export const script = (...actions: Action[]): ScriptSource => ({
  kind: 'script',
  script: { actions, warnings: [] },
});

export const fetched = (url: string): ScriptSource => ({
  kind: 'fetch',
  target: { url, method: 'GET' },
  fallback: null,
});

/** A box whose calls are led by scripts, a phone that calls it and one that it calls; nothing may be left of any call. */
export async function withScripts(run: (scene: Scene) => Promise<void>): Promise<void> {
  const [box, phone, callee] = await Promise.all([startAgent(), startAgent(), startAgent()]);
  const media = new PlayingMedia();
  const events: CallEvent[] = [];
  const happenings: Happening[] = [];
  const asked: Scene['asked'] = [];
  const documents: Scene['documents'] = new Map();
  const recorder = new TestRecorder();
  const services: CallServices = {
    clock: systemClock,
    log: silentLog,
    record: async event => void events.push(event),
    limits: { firstRtpMs: 60_000, inactivityMs: 60_000, durationMs: 60_000 },
    traces: { attach: () => {}, ended: () => {} },
    keepMedia: () => {},
    tellDigits: true,
  };
  const sessions = new Sessions({
    store: { save: async () => {}, delete: async () => {}, all: async () => [] },
    events: { record: async () => {} },
    clock: systemClock,
    log: silentLog,
    limits: { sessionsPerProject: 100, connectionsPerSession: 100 },
  });
  const routes = {
    admit: (_project: ProjectId, wish: Parameters<typeof directRoute>[0]) => ({
      ...directRoute(wish, { domain: 'box.example.com', allowAlphanumericFrom: true, terms: TERMS }),
      release: () => {},
    }),
    isEmergency: () => false,
  };
  const calls = new Calls({
    services,
    userAgent: box,
    media,
    admission: { admit: () => {} },
    sessions,
    routes,
    prompts: {} as Prompts,
    clientLeg: () => null,
    announcements: {} as Announcements,
    settings: {
      ringLimitMs: 20_000,
      sessionTimer: { intervalS: 1800, minS: 90 },
      terms: TERMS,
      callsPerProject: 10,
    },
  });
  const scripts = new Scripts({
    context: calls.context,
    speech: { speak: async text => ({ kind: 'file', directory: '/speech', file: text }) },
    sounds: { fetch: async url => ({ kind: 'file', directory: '/sounds', file: url }) },
    documents: {
      fetch: (request, signal) =>
        Promise.race([
          found(documents, request),
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]),
    },
    recordings: recorder.recordings,
    tell: { tell: async () => {}, keep: async () => {}, warned: async () => {} },
    tenant: project => [project],
    numberUri: (_project, number) => `sip:${number}@127.0.0.1:${callee.listening[0]?.port}`,
  });
  const scene: Scene = {
    box,
    port: box.listening[0]?.port ?? 0,
    media,
    scripts,
    sessions,
    events,
    happenings,
    asked,
    documents,
    recorder,
    records: null,
    first: script(),
    apology: null,
    fallback: null,
    application: { project: PROJECT, lead: () => leaderOf(scene, scene.first) },
    call: () => place(phone, scene.port, { body: PHONE }, '442071234567'),
    phone,
    callee,
  };
  const terms = { from: 'sip:4420@phone', to: '442071234567', media: TERMS, release: () => {} };
  box.onInvite = invite => void scripts.take(invite, scene.application, terms);
  try {
    await run(scene);
    await calls.close();
    const { legs } = media;
    const left = { dump: await emptied(box), legs: legs.filter(({ closed }) => !closed).length, live: calls.live };
    const rest = { sessions: sessions.count().connections, runs: scripts.list(PROJECT).length };
    if (left.legs + left.live + rest.sessions + rest.runs > 0 || Object.values(left.dump).some(count => count > 0))
      throw new Error(`something is left: ${JSON.stringify({ ...left, ...rest })}`);
  } finally {
    await Promise.all([box.close(), phone.close(), callee.close()]);
  }
}

/** Documents are actions; what a call is asked is its URL. */
function leaderOf(scene: Scene, first: ScriptSource | null): Leader {
  return {
    first,
    fallback: scene.fallback === null ? null : { url: scene.fallback, method: 'GET' },
    apology: scene.apology,
    records: scene.records,
    ask: ({ target }, outcome, failed): WebRequest => {
      scene.asked.push({ url: target.url, outcome, failed });
      return { url: new URL(target.url), method: target.method, headers: {}, body: null };
    },
    read: ({ text }): Script | null => {
      const actions = JSON.parse(text) as Action[] | null;
      return actions && { actions, warnings: [] };
    },
    happened: happening => {
      scene.happenings.push(happening);
      return [];
    },
    child: target => leaderOf(scene, target.whisper && fetched(target.whisper.url)),
  };
}

async function found(documents: Scene['documents'], { url }: WebRequest): Promise<WebDocument> {
  const document = await documents.get(url.href);
  if (document instanceof CrosspointError) throw document;
  if (document === undefined) throw new BadStatus(404, 'the answer was 404');
  return { url, contentType: 'application/json', text: JSON.stringify(document) };
}
