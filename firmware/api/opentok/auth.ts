import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { SessionProject } from '../../config/projects.ts';
import { verifyApplicationToken } from './application-token.ts';
import type { OpentokDeps } from './deps.ts';
import { type Presented, presentedIn } from './presented.ts';
import { verifyProjectToken } from './project-token.ts';

const PROJECT = 'project';

/** Checks the credential before the body is even read. */
export function authenticate({ projects, clock }: Pick<OpentokDeps, 'projects' | 'clock'>): onRequestHookHandler {
  const verified = ({ kind, token }: Presented, key: string | undefined, request: FastifyRequest): SessionProject => {
    switch (kind) {
      case 'opentok':
        return verifyProjectToken(token, key, projects, clock.now());
      case 'vonage':
        return verifyApplicationToken(
          token,
          key,
          projects,
          { method: request.method, path: pathOf(request) },
          clock.now(),
        );
      default:
        return kind satisfies never;
    }
  };
  return async request => {
    const { apiKey } = request.params as { apiKey?: string };
    request.setDecorator(PROJECT, verified(presentedIn(request.headers, apiKey), apiKey, request));
  };
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] ?? url;
}

/** The project of a request that `authenticate` let through. */
export function projectOf(request: FastifyRequest): SessionProject {
  return request.getDecorator<SessionProject>(PROJECT);
}

export const projectDecorator = PROJECT;
