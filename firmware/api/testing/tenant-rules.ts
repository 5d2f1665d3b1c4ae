import { CHROMIUM_PUBLISHES, CHROMIUM_SUBSCRIBES } from '../../webrtc/offers.samples.ts';
import type { RequestOptions } from './api-rig.ts';
import type { Tenant } from './tenants.ts';

/** What a request is about; its ids may be of several tenants. */
export interface About {
  readonly key: string;
  readonly session: string;
  readonly connection: string;
  readonly stream: string;
  readonly archive: string;
  readonly callback: string;
  /** That a script leads; none of a tenant that has no scripts. */
  readonly call: string;
  /** Of a participant. */
  readonly token: string;
  readonly whip: string;
  readonly whep: string;
}

/** How a route tells tenants apart, and what a request of it looks like. */
export type Rule =
  /** Nobody's: there is neither a project in it nor a credential. */
  | { readonly kind: 'public'; readonly why: string }
  /** The operator's: no credential of a project opens it. */
  | { readonly kind: 'operator' }
  /** A project's, by its credential: its own things, which somebody else's ids must not lead out of. */
  | {
      readonly kind: 'project';
      readonly options?: (about: About) => RequestOptions;
      /** Of whom it is alone; absent: everybody's. */
      readonly of?: 'vonage';
      /** What its own tenant may be answered beside the usual. */
      readonly answers?: number;
    }
  /** An account's, by its own login: tried in that file. */
  | { readonly kind: 'account'; readonly triedIn: string }
  /** A participant's, by a token. */
  | { readonly kind: 'participant'; readonly options: (about: About) => RequestOptions }
  /** A client's on the event channel, by its first message. */
  | { readonly kind: 'channel' };

const json = (body: (about: About) => unknown): Rule => ({
  kind: 'project',
  options: about => ({ json: body(about) }),
});
const empty: Rule = { kind: 'project' };
const bearer = ({ token }: About) => ({ authorization: `Bearer ${token}` });
const sdp = (body: string): Rule => ({
  kind: 'participant',
  options: about => ({ headers: { ...bearer(about), 'content-type': 'application/sdp' }, body }),
});
const ice: Rule = {
  kind: 'participant',
  options: about => ({
    headers: { ...bearer(about), 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
    body: 'a=ice-ufrag:Next\r\na=ice-pwd:anotherPasswordOfTheClient\r\n',
  }),
};
const voice = (body?: unknown, answers?: number): Rule => ({
  kind: 'project',
  of: 'vonage',
  options: () => (body === undefined ? {} : { json: body }),
  ...(answers !== undefined && { answers }),
});
const refusesMethod: Rule = { kind: 'public', why: 'it only says which methods there are' };

const SESSION = '/v2/project/:apiKey/session/:sessionId';
const ARCHIVE = '/v2/project/:apiKey/archive';
const CONNECTION = `${SESSION}/connection/:connectionId`;

/** By the route, as it stands in the server's table. */
const RULES: Readonly<Record<string, Rule>> = {
  'GET /health': { kind: 'public', why: 'whether the box works' },
  'GET /metrics': { kind: 'operator' },
  'POST /session/create': empty,
  'POST /v2/project/:apiKey/dial': json(({ session, token }) => ({
    sessionId: session,
    token,
    sip: { uri: 'sip:a@127.0.0.1' },
  })),
  [`DELETE ${CONNECTION}`]: empty,
  [`POST ${SESSION}/play-dtmf`]: json(() => ({ digits: '1' })),
  [`POST ${CONNECTION}/play-dtmf`]: json(() => ({ digits: '1' })),
  [`GET ${SESSION}/stream`]: empty,
  [`GET ${SESSION}/stream/:streamId`]: empty,
  [`PUT ${SESSION}/stream`]: json(({ stream }) => ({ items: [{ id: stream, layoutClassList: ['x'] }] })),
  [`POST ${SESSION}/stream/:streamId/mute`]: json(() => ({})),
  [`POST ${SESSION}/mute`]: json(() => ({ active: true, excludedStreams: [] })),
  [`POST ${SESSION}/signal`]: json(() => ({ type: 'a', data: 'b' })),
  [`POST ${CONNECTION}/signal`]: json(() => ({ type: 'a', data: 'b' })),
  [`POST ${ARCHIVE}`]: json(({ session }) => ({ sessionId: session, multiArchiveTag: 'another' })),
  [`GET ${ARCHIVE}`]: empty,
  [`GET ${ARCHIVE}/:archiveId`]: empty,
  [`POST ${ARCHIVE}/:archiveId/stop`]: empty,
  [`DELETE ${ARCHIVE}/:archiveId`]: empty,
  [`PATCH ${ARCHIVE}/:archiveId/streams`]: json(({ stream }) => ({ addStream: stream })),
  [`PUT ${ARCHIVE}/:archiveId/layout`]: json(() => ({ type: 'bestFit' })),
  'GET /archives/:project/:archive/:filename': {
    kind: 'public',
    why: 'whoever has the link of a file, which is signed',
  },
  'POST /v2/project/:apiKey/callback': json(() => ({
    group: 'stream',
    event: 'destroyed',
    url: 'https://example.com/more',
  })),
  'GET /v2/project/:apiKey/callback': empty,
  'DELETE /v2/project/:apiKey/callback/:callbackId': empty,
  'POST /v1/calls': voice(
    {
      to: [{ type: 'phone', number: '447700900000' }],
      from: { type: 'phone', number: '442079460000' },
      ncco: [{ action: 'talk', text: 'Hi' }],
    },
    201,
  ),
  'GET /v1/calls': voice(),
  'GET /v1/calls/:uuid': voice(),
  'PUT /v1/calls/:uuid': voice({ action: 'mute' }),
  'PUT /v1/calls/:uuid/talk': voice({ text: 'Hi' }),
  'DELETE /v1/calls/:uuid/talk': voice(),
  'PUT /v1/calls/:uuid/stream': voice({ stream_url: ['https://example.com/a.mp3'] }),
  'DELETE /v1/calls/:uuid/stream': voice(),
  'PUT /v1/calls/:uuid/dtmf': voice({ digits: '1' }),
  'PUT /v1/calls/:uuid/input/dtmf': voice({ event_url: ['https://example.com/keys'] }),
  'DELETE /v1/calls/:uuid/input/dtmf': voice(),
  // What it has recorded is not complete.
  'GET /v1/files/:id': voice(undefined, 404),
  'GET /v3/files/:id': voice(undefined, 404),
  'GET /device/openapi.json': { kind: 'public', why: 'what the repository says as well' },
  'GET /device/docs': { kind: 'public', why: 'what the repository says as well' },
  'POST /v2/session/:sessionId/whip': sdp(CHROMIUM_PUBLISHES),
  'POST /v2/session/:sessionId/whep': sdp(CHROMIUM_SUBSCRIBES),
  'PATCH /v2/session/:sessionId/whip/:resourceId': ice,
  'PATCH /v2/session/:sessionId/whep/:resourceId': ice,
  'DELETE /v2/session/:sessionId/whip/:resourceId': {
    kind: 'participant',
    options: about => ({ headers: bearer(about) }),
  },
  'DELETE /v2/session/:sessionId/whep/:resourceId': {
    kind: 'participant',
    options: about => ({ headers: bearer(about) }),
  },
  'GET /v2/session/:sessionId/events': { kind: 'channel' },
};

/** Whole families, by how a route begins. */
const FAMILIES: readonly (readonly [route: RegExp, rule: Rule])[] = [
  [/^\w+ \/device\//, { kind: 'operator' }],
  [/^\w+ \/2010-04-01\/Accounts\//, { kind: 'account', triedIn: 'twilio/accounts.test.ts' }],
  [/^POST (\/communication\/nexmo\/phone-numbers)?\/number\/update$/, { kind: 'account', triedIn: 'numbers' }],
  [/^\w+ \/v2\/project\/:apiKey\/(broadcast|captions|render|connect)(\/\*)?$/, { kind: 'project' }],
  [/^GET \/(trust|client|agent)(\/|$)/, { kind: 'public', why: 'files and pages that are the same for everybody' }],
  [/^(GET|PUT|POST|PATCH|DELETE|OPTIONS) \/v2\/session\/:sessionId\/wh[ie]p(\/:resourceId)?$/, refusesMethod],
];

export function ruleOf(route: string): Rule | undefined {
  return RULES[route] ?? FAMILIES.find(([family]) => family.test(route))?.[1];
}

/** Everything of one tenant; other ids go over it. */
export function about(tenant: Tenant, change: Partial<About> = {}): About {
  return {
    key: tenant.project.id,
    session: tenant.session,
    connection: tenant.phone.connection,
    stream: tenant.client.stream,
    archive: tenant.archive,
    callback: tenant.callback,
    call: tenant.call,
    token: tenant.token(tenant.session),
    whip: tenant.whip,
    whep: tenant.whep,
    ...change,
  };
}

/** The path that a route's pattern stands for. */
export function pathOf(
  url: string,
  { key, session, connection, stream, archive, callback, call, whip, whep }: About,
): string {
  const values: Record<string, string> = {
    apiKey: key,
    sessionId: session,
    connectionId: connection,
    streamId: stream,
    archiveId: archive,
    callbackId: callback,
    uuid: call,
    id: archive,
    resourceId: url.includes('/whip/') ? whip : whep,
  };
  return url.replace(/:(\w+)|\*/g, (_found, name: string | undefined) => {
    if (name === undefined) return 'x';
    const value = values[name];
    if (value === undefined) throw new Error(`no test knows what :${name} of ${url} is: tell it in tenant-rules.ts`);
    return value;
  });
}
