import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { projectOf } from './auth.ts';
import { knownConnection } from './connection.ts';
import type { OpentokDeps } from './deps.ts';
import { ConnectionPath, Digits, failures, SessionPath } from './schemas.ts';

/** Both forms of `play-dtmf` (CONTRACT §1.6): to every call of a session, or to one of them. */
export function playDtmfRoutes({ sessions, calls }: OpentokDeps): FastifyPluginAsyncTypebox {
  const response = { 200: Type.Object({}), ...failures };
  return async app => {
    app.post(
      '/v2/project/:apiKey/session/:sessionId/play-dtmf',
      { schema: { params: SessionPath, body: Digits, response } },
      async request => {
        const project = projectOf(request);
        const session = sessions.get(project.id, request.params.sessionId);
        await calls.sendDigits(project, session.id, null, request.body.digits);
        return {};
      },
    );
    app.post(
      '/v2/project/:apiKey/session/:sessionId/connection/:connectionId/play-dtmf',
      { schema: { params: ConnectionPath, body: Digits, response } },
      async request => {
        const project = projectOf(request);
        const { sessionId, connectionId } = request.params;
        const { session, connection } = knownConnection(sessions, project.id, sessionId, connectionId);
        await calls.sendDigits(project, session, connection, request.body.digits);
        return {};
      },
    );
  };
}
