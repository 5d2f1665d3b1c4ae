import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { Project } from '../../config/projects.ts';
import { parseSessionId } from '../../sessions/session-id.ts';
import { verifyParticipantToken } from '../../sessions/token.ts';
import { refuseUnlessRouted } from '../dialling.ts';
import { parts } from '../ports.ts';
import { refuseUnlessReady } from '../readiness.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { dialRequestOf } from './dial-request.ts';
import { DialAnswer, DialBody, failures, ProjectPath } from './schemas.ts';

/** `POST /v2/project/{apiKey}/dial` (CONTRACT §1.4). With an Idempotency-Key a request that comes again rings once. */
export function dialRoute({ sessions, calls, clock, idempotency, readiness }: OpentokDeps): FastifyPluginAsyncTypebox {
  async function dial(project: Project, { sessionId, token, sip }: Static<typeof DialBody>) {
    if (parseSessionId(sessionId) === null) throw new CrosspointError('http.bad-request', 'sessionId is not valid');
    const session = sessions.get(project.id, sessionId);
    const participant = verifyParticipantToken(token, project, session.id, clock.now());
    const dialRequest = dialRequestOf(sip, participant);
    refuseUnlessRouted(session);
    const { id, connectionId, streamId } = await calls.dial(project, session, dialRequest);
    const now = clock.now();
    return { id, connectionId, streamId, projectId: project.id, sessionId, createdAt: now, updatedAt: now };
  }

  return async app => {
    app.post(
      '/v2/project/:apiKey/dial',
      {
        schema: { params: ProjectPath, body: DialBody, response: { 200: DialAnswer, ...failures } },
        onRequest: refuseUnlessReady(readiness, parts),
      },
      async request => {
        const project = projectOf(request);
        const key = request.headers['idempotency-key'];
        return await idempotency.once(project.id, Array.isArray(key) ? key.join() : key, request.body, () =>
          dial(project, request.body),
        );
      },
    );
  };
}
