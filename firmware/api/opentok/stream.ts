import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { StreamView } from '../../sessions/notices.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { failures, SessionPath, StreamItem, StreamList, StreamPath } from './schemas.ts';

/** The streams of a session (CONTRACT §1.7). */
export function streamRoutes({ sessions }: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.get(
      '/v2/project/:apiKey/session/:sessionId/stream',
      { schema: { params: SessionPath, response: { 200: StreamList, ...failures } } },
      async request => {
        const { id: project } = projectOf(request);
        const items = sessions.streams(project, sessions.get(project, request.params.sessionId).id).map(itemOf);
        return { count: items.length, items };
      },
    );
    app.get(
      '/v2/project/:apiKey/session/:sessionId/stream/:streamId',
      { schema: { params: StreamPath, response: { 200: StreamItem, ...failures } } },
      async (request, reply) => {
        const { id: project } = projectOf(request);
        const { sessionId, streamId } = request.params;
        const streams = sessions.streams(project, sessions.get(project, sessionId).id);
        const stream = streams.find(({ id }) => id === streamId);
        if (!stream) throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
        return reply.type(singleStreamType(request.headers['user-agent'])).send(itemOf(stream));
      },
    );
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The Node SDK parses an application/json answer to this one request twice, and fails; it does not know the type by
 * another letter case, which means the same to everybody else (RFC 9110 §8.3.1).
 */
function singleStreamType(userAgent: string | undefined): string {
  return userAgent?.startsWith('OpenTok-Node-SDK/') ? 'Application/json; charset=utf-8' : JSON_TYPE;
}

/** The stream of a phone is audio; the API has no word for that, and camera is what its clients expect. */
function itemOf({ id, name, videoType }: StreamView): Static<typeof StreamItem> {
  return { id, videoType: videoType ?? 'camera', name, layoutClassList: [] };
}
