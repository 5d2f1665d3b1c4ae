import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { ConnectionId, ProjectId, SessionId } from '../../base/ids.ts';
import type { Sessions } from '../../sessions/registry.ts';
import { forceDisconnect } from '../force-disconnect.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { ConnectionPath } from './schemas.ts';

/** `DELETE /v2/project/{apiKey}/session/{sessionId}/connection/{connectionId}` (CONTRACT §1.5). */
export function connectionRoute(deps: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.delete(
      '/v2/project/:apiKey/session/:sessionId/connection/:connectionId',
      { schema: { params: ConnectionPath } },
      async (request, reply) => {
        const project = projectOf(request);
        const { sessionId, connectionId } = request.params;
        const { connection } = knownConnection(deps.sessions, project.id, sessionId, connectionId);
        await forceDisconnect(deps, project, deps.sessions.get(project.id, sessionId), connection);
        return reply.code(204).send();
      },
    );
  };
}

/**
 * The ids of somebody who is in the session.
 * @throws CrosspointError session.unknown, session.connection-unknown
 */
export function knownConnection(
  sessions: Sessions,
  project: ProjectId,
  sessionId: string,
  connectionId: string,
): { session: SessionId; connection: ConnectionId } {
  const session = sessions.get(project, sessionId).id;
  if (!sessions.hasConnection(project, session, connectionId))
    throw new CrosspointError('session.connection-unknown', 'There is no such connection in the session');
  return { session, connection: connectionId as ConnectionId };
}
