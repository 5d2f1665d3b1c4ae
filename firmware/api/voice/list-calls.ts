import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { VonageProject } from '../../config/projects.ts';
import { applicationOf } from './auth.ts';
import { type CallView, liveView, pastView } from './call-view.ts';
import { unknownCall, voiceCalls } from './calls.ts';
import type { VoiceDeps } from './deps.ts';
import { failures } from './problem.ts';
import { CallBody, CallList, CallPath, ListQuery } from './schemas.ts';

type Query = Static<typeof ListQuery>;

const USUAL_SIZE = 10;
const PAGE = 500;
/** No list looks further back: it counts what it finds, and is read whole for that. */
const MOST_READ = 10_000;

interface Listed {
  readonly createdAt: number;
  readonly view: CallView;
}

/** `GET /v1/calls` and `GET /v1/calls/{uuid}` (CONTRACT §3.1): live calls, and those whose records are kept. */
export function listCallsRoutes(deps: VoiceDeps): FastifyPluginAsyncTypebox {
  const { clock, directory } = deps;
  return async app => {
    app.get(
      '/v1/calls',
      { schema: { querystring: ListQuery, response: { 200: CallList, ...failures } } },
      async request => {
        const { query } = request;
        const all = await listed(deps, applicationOf(request), query);
        const size = query.page_size ?? USUAL_SIZE;
        const index = query.record_index ?? 0;
        const next = index + size < all.length ? { next: { href: hrefAt(request, index + size) } } : {};
        return {
          count: all.length,
          page_size: size,
          record_index: index,
          _links: { self: { href: hrefAt(request, index) }, ...next },
          _embedded: { calls: all.slice(index, index + size).map(({ view }) => view) },
        };
      },
    );
    app.get(
      '/v1/calls/:uuid',
      { schema: { params: CallPath, response: { 200: CallBody, ...failures } } },
      async request => {
        const project = applicationOf(request);
        const { uuid } = request.params;
        const live = voiceCalls(deps.scripts, project).find(({ call }) => call.id === uuid);
        if (live) return liveView(live, clock.now());
        const past = await directory.get(uuid);
        if (past?.project !== project.id || past.reason === null || past.endedAt === null) throw unknownCall();
        return pastView({ ...past, endedAt: past.endedAt, reason: past.reason });
      },
    );
  };
}

/** All that are asked for, in order. */
async function listed({ scripts, records, clock }: VoiceDeps, project: VonageProject, query: Query): Promise<Listed[]> {
  const since = timeIn(query.date_start, 'date_start');
  const until = timeIn(query.date_end, 'date_end');
  const found = new Map<string, Listed>();
  const add = (id: string, createdAt: number, view: CallView) => {
    if (query.status && view.status !== query.status) return;
    if (query.conversation_uuid && view.conversation_uuid !== query.conversation_uuid) return;
    if ((since === null || createdAt >= since) && (until === null || createdAt < until))
      found.set(id, { createdAt, view });
  };
  let read = 0;
  const filter = { project: project.id, ...(since !== null && { since }), ...(until !== null && { until }) };
  for await (const page of records.all(filter, PAGE)) {
    for (const { record } of page) add(record.id, record.createdAt, pastView(record));
    read += page.length;
    if (read >= MOST_READ) break;
  }
  for (const live of voiceCalls(scripts, project))
    add(live.call.id, live.call.call.ref.createdAt, liveView(live, clock.now()));
  const way = query.order === 'desc' ? -1 : 1;
  return [...found.values()].sort(
    (one, other) => way * (one.createdAt - other.createdAt || (one.view.uuid < other.view.uuid ? -1 : 1)),
  );
}

function timeIn(text: string | null | undefined, what: string): number | null {
  if (text === undefined || text === null) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new CrosspointError('http.bad-request', `${what} must be a time as of ISO 8601`);
  return time;
}

/** Absolute: the SDK reads it as a URL without a base (CONTRACT §3.1). */
function hrefAt({ protocol, host, url }: FastifyRequest, index: number): string {
  const href = new URL(url, `${protocol}://${host}`);
  href.searchParams.set('record_index', String(index));
  return href.href;
}
