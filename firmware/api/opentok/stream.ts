import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { LiveStream } from '../../sessions/session.ts';
import { streamsOf } from '../../sessions/views.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { ClassLists, failures, SessionPath, StreamItem, StreamList, StreamPath } from './schemas.ts';

/** The streams of a session (CONTRACT §1.7). */
export function streamRoutes({ sessions }: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.get(
      '/v2/project/:apiKey/session/:sessionId/stream',
      { schema: { params: SessionPath, response: { 200: StreamList, ...failures } } },
      async request => {
        const items = streamsOf(sessions.live(projectOf(request).id, request.params.sessionId)).map(itemOf);
        return { count: items.length, items };
      },
    );
    app.get(
      '/v2/project/:apiKey/session/:sessionId/stream/:streamId',
      { schema: { params: StreamPath, response: { 200: StreamItem, ...failures } } },
      async (request, reply) => {
        const { sessionId, streamId } = request.params;
        const stream = sessions.streamBook.get(sessions.live(projectOf(request).id, sessionId), streamId);
        return reply.type(singleStreamType(request.headers['user-agent'])).send(itemOf(stream));
      },
    );
    app.put(
      '/v2/project/:apiKey/session/:sessionId/stream',
      { schema: { params: SessionPath, body: ClassLists, response: { 200: StreamList, ...failures } } },
      async request => {
        const live = sessions.live(projectOf(request).id, request.params.sessionId);
        const lists = request.body.items.map(({ id, layoutClassList }) => ({ id, classes: layoutClassList }));
        sessions.streamBook.setLayoutClasses(live, lists);
        const items = lists.map(({ id }) => itemOf(sessions.streamBook.get(live, id)));
        return { count: items.length, items };
      },
    );
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The Node SDK parses an application/json answer to this one request twice, and fails; it does not know the type by
 * another letter case, which means the same to everybody else (RFC 9110 §8.3.1).
 */
function singleStreamType(userAgent = ''): string {
  return userAgent.startsWith('OpenTok-Node-SDK/') ? 'Application/json; charset=utf-8' : JSON_TYPE;
}

/** The stream of a phone is audio; the API has no word for that, and camera is what its clients expect. */
function itemOf({ id, name, videoType, layoutClasses }: LiveStream): Static<typeof StreamItem> {
  return { id, videoType: videoType ?? 'camera', name, layoutClassList: [...layoutClasses] };
}
