import type { TimedRequest } from './http-timer.ts';

/** A live call of the load. */
export interface Resident {
  readonly session: string;
  readonly connection: string;
  readonly stream: string;
  readonly call: string;
}

export interface ApiRoute {
  /** As the route table has it. */
  readonly name: string;
  /** Whose credential it takes. */
  readonly as: 'project' | 'operator' | 'nobody';
  /** @param path of the project. @param resident another one each time */
  request(project: string, resident: Resident): TimedRequest;
}

const project = (
  method: TimedRequest['method'],
  name: string,
  path: (resident: Resident) => string,
  json?: unknown,
): ApiRoute => ({
  name: `${method} ${name}`,
  as: 'project',
  request: (prefix, resident) => ({ method, path: `${prefix}${path(resident)}`, ...(json !== undefined && { json }) }),
});

const operator = (
  method: TimedRequest['method'],
  name: string,
  path: (resident: Resident) => string = () => name,
  json?: unknown,
): ApiRoute => ({
  name: `${method} ${name}`,
  as: 'operator',
  request: (_prefix, resident) => ({ method, path: path(resident), ...(json !== undefined && { json }) }),
});

const open = (name: string): ApiRoute => ({
  name: `GET ${name}`,
  as: 'nobody',
  request: () => ({ method: 'GET', path: name }),
});

const inSession = (rest: (resident: Resident) => string) => (resident: Resident) =>
  `/session/${resident.session}${rest(resident)}`;

/**
 * Every route that answers by itself. Those that wait for a far end (hold, resume) say more about it than about the box; dial
 * and hang-up are measured apart.
 */
export const apiRoutes: readonly ApiRoute[] = [
  {
    name: 'POST /session/create',
    as: 'project',
    request: () => ({ method: 'POST', path: '/session/create', json: { 'p2p.preference': 'disabled' } }),
  },
  project(
    'GET',
    '…/session/{id}/stream',
    inSession(() => '/stream'),
  ),
  project(
    'GET',
    '…/session/{id}/stream/{id}',
    inSession(({ stream }) => `/stream/${stream}`),
  ),
  project(
    'POST',
    '…/session/{id}/stream/{id}/mute',
    inSession(({ stream }) => `/stream/${stream}/mute`),
  ),
  project(
    'POST',
    '…/session/{id}/mute',
    inSession(() => '/mute'),
    { active: false },
  ),
  project('GET', '…/archive', () => '/archive'),
  project('GET', '…/callback', () => '/callback'),
  project(
    'POST',
    '…/session/{id}/signal',
    inSession(() => '/signal'),
    { type: 'chat', data: 'hello' },
  ),
  project(
    'POST',
    '…/connection/{id}/play-dtmf',
    inSession(({ connection }) => `/connection/${connection}/play-dtmf`),
    {
      digits: '1',
    },
  ),
  operator('GET', '/device/calls'),
  operator('GET', '/device/calls/{id}', ({ call }) => `/device/calls/${call}`),
  operator('GET', '/device/calls/{id}/trace', ({ call }) => `/device/calls/${call}/trace`),
  operator('POST', '/device/calls/{id}/mute', ({ call }) => `/device/calls/${call}/mute`),
  operator('POST', '/device/calls/{id}/unmute', ({ call }) => `/device/calls/${call}/unmute`),
  operator('GET', '/device/records'),
  operator('GET', '/device/sessions'),
  operator('GET', '/device/sessions/{id}', ({ session }) => `/device/sessions/${session}`),
  operator('GET', '/device/config'),
  operator('GET', '/device/version'),
  operator('GET', '/device/capacity'),
  operator('GET', '/device/alerts'),
  operator('GET', '/device/trunks'),
  operator('GET', '/device/recordings'),
  operator('GET', '/device/log-level'),
  operator('GET', '/metrics'),
  open('/health'),
  open('/trust/ca.pem'),
];
