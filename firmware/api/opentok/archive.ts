import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { CrosspointError } from '../../base/errors.ts';
import type { Archive } from '../../sessions/archives/archive.ts';
import { ArchiveView, archiveView, filenameOf } from '../../sessions/archives/archive-view.ts';
import type { DownloadLinks } from '../archives/download-links.ts';
import { parts } from '../ports.ts';
import { refuseUnlessReady } from '../readiness.ts';
import { ArchiveBody, ArchiveList, ArchivePath, ArchiveQuery, LayoutBody, StreamChange } from './archive-schemas.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { failures, ProjectPath } from './schemas.ts';

const ARCHIVES = '/v2/project/:apiKey/archive';

/** Archives (CONTRACT §1.10): `POST`, `GET …/archive`, `GET`, `DELETE …/archive/{id}`, `…/stop`, `…/streams`, `…/layout`. */
export function archiveRoutes({ archives, links, readiness }: OpentokDeps): FastifyPluginAsyncTypebox {
  const viewOf = (request: FastifyRequest, archive: Archive) => archiveView(archive, urlOf(request, archive, links));
  const one = { params: ArchivePath, response: { 200: ArchiveView, ...failures } };
  return async app => {
    app.post(
      ARCHIVES,
      {
        schema: { params: ProjectPath, body: ArchiveBody, response: { 200: ArchiveView, ...failures } },
        onRequest: refuseUnlessReady(readiness, parts),
      },
      async request => {
        const { hasAudio, hasTranscription, name, outputMode, streamMode, ...rest } = request.body;
        if (hasAudio === false)
          throw new CrosspointError('http.bad-request', 'hasAudio must be true: nothing but sound is archived here');
        if (hasTranscription === true)
          throw new CrosspointError(
            'http.not-implemented',
            'Transcriptions of archives are not available on this box yet',
          );
        const archive = await archives.begin(projectOf(request).id, {
          ...rest,
          ...(typeof name === 'string' && { name }),
          ...(outputMode && { outputMode }),
          ...(streamMode && { streamMode }),
        });
        return viewOf(request, archive);
      },
    );
    app.get(
      ARCHIVES,
      { schema: { params: ProjectPath, querystring: ArchiveQuery, response: { 200: ArchiveList, ...failures } } },
      async request => {
        const { offset = 0, count = 50, sessionId } = request.query;
        const all = archives.list(projectOf(request).id, sessionId);
        const items = all.slice(offset, offset + count).map(archive => viewOf(request, archive));
        return { count: all.length, items };
      },
    );
    app.get(`${ARCHIVES}/:archiveId`, { schema: one }, async request =>
      viewOf(request, archives.get(projectOf(request).id, request.params.archiveId)),
    );
    app.post(`${ARCHIVES}/:archiveId/stop`, { schema: one }, async request =>
      viewOf(request, await archives.stop(projectOf(request).id, request.params.archiveId)),
    );
    app.delete(`${ARCHIVES}/:archiveId`, { schema: { params: ArchivePath } }, async (request, reply) => {
      await archives.delete(projectOf(request).id, request.params.archiveId);
      return reply.code(204).send();
    });
    app.patch(
      `${ARCHIVES}/:archiveId/streams`,
      { schema: { params: ArchivePath, body: StreamChange } },
      async (request, reply) => {
        const { addStream, removeStream, hasAudio } = request.body;
        const stream = addStream ?? removeStream;
        if (!stream || (addStream && removeStream))
          throw new CrosspointError('http.bad-request', 'One of addStream and removeStream is needed');
        const isAdded = !!addStream && hasAudio !== false;
        await archives.setStream(projectOf(request).id, request.params.archiveId, stream, isAdded);
        return reply.code(204).send();
      },
    );
    app.put(`${ARCHIVES}/:archiveId/layout`, { schema: { ...one, body: LayoutBody } }, async request => {
      const { id } = projectOf(request);
      const { archiveId } = request.params;
      await archives.setLayout(id, archiveId, request.body);
      return viewOf(request, archives.get(id, archiveId));
    });
  };
}

/** As the client reached us: another name may lead nowhere for it. */
function urlOf({ protocol, host }: FastifyRequest, archive: Archive, links: DownloadLinks): string | null {
  const filename = filenameOf(archive);
  if (archive.status !== 'available' || filename === null) return null;
  return `${protocol}://${host}${links.to({ project: archive.project, archive: archive.id, filename })}`;
}
