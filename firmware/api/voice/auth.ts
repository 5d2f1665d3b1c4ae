import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { VonageProject } from '../../config/projects.ts';
import { verifyApplicationToken } from '../opentok/application-token.ts';
import type { VoiceDeps } from './deps.ts';

export const applicationDecorator = 'voiceApplication';

/** `Authorization: Bearer <RS256 JWT>` (CONTRACT §3.1), before the body is even read. */
export function authenticate({ projects, clock }: Pick<VoiceDeps, 'projects' | 'clock'>): onRequestHookHandler {
  return async request => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const asked = { method: request.method, path: request.url.split('?')[0] ?? request.url };
    request.setDecorator(applicationDecorator, verifyApplicationToken(token, undefined, projects, asked, clock.now()));
  };
}

/** The application of a request that `authenticate` let through. */
export function applicationOf(request: FastifyRequest): VonageProject {
  return request.getDecorator<VonageProject>(applicationDecorator);
}
