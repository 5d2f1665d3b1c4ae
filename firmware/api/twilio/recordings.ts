import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isCrosspointError } from '../../base/errors.ts';
import type { RecordingRecord } from '../../sessions/recordings/recording.ts';
import { sendFile } from '../send-file.ts';
import { accountOf } from './auth.ts';
import { sidIn } from './calls.ts';
import { rfc2822, rfc2822OrNull } from './dates.ts';
import type { TwilioDeps } from './deps.ts';
import { unknownResource } from './errors.ts';
import { API_VERSION, SOURCES } from './leader.ts';
import { askedPage, paged } from './paging.ts';
import { idOf, sidOf } from './sids.ts';

/** What a script has recorded, by call and by itself; the media under the same address without `.json`. */
export function recordingRoutes(app: FastifyInstance, { recordings }: TwilioDeps): void {
  const of = (request: FastifyRequest): RecordingRecord[] => {
    const project = accountOf(request);
    const { call } = request.params as { call?: string };
    const id = call === undefined ? null : (idOf('CA', call) ?? 'nobody');
    return recordings
      .list()
      .filter(
        record => record.project === project.id && record.call !== undefined && (id === null || record.call === id),
      );
  };
  const find = (request: FastifyRequest, sid: string): RecordingRecord => {
    const id = idOf('RE', sid);
    const found = of(request).find(record => record.id === id);
    if (!found) throw unknownResource();
    return found;
  };
  const listed = async (request: FastifyRequest) => {
    const all = of(request);
    const { page, size, query } = askedPage(request.query as Record<string, unknown>);
    const items = all.slice(page * size, (page + 1) * size).map(resource);
    const next = (page + 1) * size < all.length ? String(page + 1) : null;
    const path = request.url.replace(/\?.*$/, '');
    return paged('recordings', { items, path, query, page, size, next });
  };

  for (const base of ['', '/Calls/:call']) {
    for (const suffix of ['', '.json']) app.get(`${base}/Recordings${suffix}`, listed);
    app.get(`${base}/Recordings/:sid`, async (request, reply) => {
      const { sid } = request.params as { sid: string };
      if (sid.endsWith('.json')) return resource(find(request, sidIn(request)));
      const record = find(request, sid.replace(/\.(wav|mp3|ogg)$/, ''));
      const [file] = record.files;
      if (!file) throw unknownResource();
      try {
        const path = recordings.fileOf(record.id, file.name);
        return await sendFile(request, reply, { path, filename: `${sidOf('RE', record.id)}.${record.format}` });
      } catch (error) {
        if (isCrosspointError(error) && error.code === 'session.recording-unknown') throw unknownResource();
        throw error;
      }
    });
    app.delete(`${base}/Recordings/:sid`, async (request, reply) => {
      await recordings.delete(find(request, sidIn(request)).id);
      return reply.code(204).send();
    });
  }
  for (const [path, name] of [
    ['Notifications', 'notifications'],
    ['Events', 'events'],
  ] as const)
    for (const suffix of ['', '.json'])
      app.get(`/Calls/:call/${path}${suffix}`, async request => {
        const { page, size, query } = askedPage(request.query as Record<string, unknown>);
        return paged(name, { items: [], path: request.url.replace(/\?.*$/, ''), query, page, size, next: null });
      });
}

const STATUSES = {
  starting: 'in-progress',
  started: 'in-progress',
  stopped: 'completed',
  failed: 'absent',
  interrupted: 'completed',
} as const;

function resource(record: RecordingRecord) {
  const {
    id,
    project,
    call = '',
    status,
    createdAt,
    startedAt,
    endedAt,
    durationMs,
    channels = 1,
    source = 'record',
  } = record;
  const uri = `/${API_VERSION}/Accounts/${project}/Recordings/${sidOf('RE', id)}`;
  return {
    sid: sidOf('RE', id),
    account_sid: project,
    call_sid: sidOf('CA', call),
    conference_sid: null,
    api_version: API_VERSION,
    status: STATUSES[status],
    channels,
    source: SOURCES[source],
    error_code: null,
    duration: durationMs === null ? null : String(Math.round(durationMs / 1000)),
    start_time: rfc2822OrNull(startedAt),
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(endedAt ?? createdAt),
    price: null,
    price_unit: 'USD',
    encryption_details: null,
    media_url: uri,
    uri: `${uri}.json`,
    subresource_uris: {},
  };
}
