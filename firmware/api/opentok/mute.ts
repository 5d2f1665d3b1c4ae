import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { SessionProject } from '../../config/projects.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { failures, MuteBody, MutedProject, SessionPath, StreamPath } from './schemas.ts';

/**
 * Force mute (CONTRACT §1.8): of one stream, or of a session with whoever comes later. The answer is the project, as the
 * vendor has it; nothing here has made one, so it is as old as this process.
 */
export function muteRoutes({ sessions, calls, clock }: OpentokDeps): FastifyPluginAsyncTypebox {
  const response = { 200: MutedProject, ...failures };
  const createdAt = clock.now();
  const answer = (project: SessionProject) =>
    ({ ...identityOf(project), status: 'ACTIVE', name: project.id, environment: 'standard', createdAt }) as const;
  return async app => {
    app.post(
      '/v2/project/:apiKey/session/:sessionId/stream/:streamId/mute',
      { schema: { params: StreamPath, response } },
      async request => {
        const project = projectOf(request);
        const { sessionId, streamId } = request.params;
        await calls.muteStream(project, sessions.get(project.id, sessionId).id, streamId);
        return answer(project);
      },
    );
    app.post(
      '/v2/project/:apiKey/session/:sessionId/mute',
      { schema: { params: SessionPath, body: MuteBody, response } },
      async request => {
        const project = projectOf(request);
        const { active, excludedStreams, excludedStreamIds, excudedStreamIds } = request.body;
        await calls.muteSession(project, sessions.get(project.id, request.params.sessionId).id, {
          active: active ?? true,
          excluded: [...(excludedStreams ?? []), ...(excludedStreamIds ?? []), ...(excudedStreamIds ?? [])],
        });
        return answer(project);
      },
    );
  };
}

function identityOf({ kind, id }: SessionProject) {
  switch (kind) {
    case 'opentok':
      return { id };
    case 'vonage':
      return { applicationId: id };
    default:
      return kind satisfies never;
  }
}
