import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { signalOf } from '../signals.ts';
import { projectOf } from './auth.ts';
import { knownConnection } from './connection.ts';
import type { OpentokDeps } from './deps.ts';
import { ConnectionPath, SessionPath, SignalBody } from './schemas.ts';

/** Both forms of `signal` (CONTRACT §1.9): to everybody in a session, or to one of them. Phones hear of none. */
export function signalRoutes({ sessions, clients }: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.post(
      '/v2/project/:apiKey/session/:sessionId/signal',
      { schema: { params: SessionPath, body: SignalBody } },
      async (request, reply) => {
        const { type, data } = request.body;
        const session = sessions.get(projectOf(request).id, request.params.sessionId);
        clients.signal(session, signalOf(null, type ?? '', data ?? ''), null);
        return reply.code(204).send();
      },
    );
    app.post(
      '/v2/project/:apiKey/session/:sessionId/connection/:connectionId/signal',
      { schema: { params: ConnectionPath, body: SignalBody } },
      async (request, reply) => {
        const { type, data } = request.body;
        const { id: project } = projectOf(request);
        const { sessionId, connectionId } = request.params;
        const { connection } = knownConnection(sessions, project, sessionId, connectionId);
        clients.signal(sessions.get(project, sessionId), signalOf(null, type ?? '', data ?? ''), connection);
        return reply.code(204).send();
      },
    );
  };
}
