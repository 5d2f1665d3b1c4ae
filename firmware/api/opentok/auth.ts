import { createSecretKey } from 'node:crypto';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import jwt from 'jsonwebtoken';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Project, Projects } from '../../config/projects.ts';
import type { OpentokDeps } from './deps.ts';

const CLOCK_SKEW_SECONDS = 60;
const MAX_LENGTH = 4096;

/**
 * The project that a request's credential belongs to (CONTRACT §1.1).
 *
 * @param token value of the X-OPENTOK-AUTH header
 * @param key the project key in the path, or undefined where the path has none
 * @param now milliseconds since 1970
 * @throws CrosspointError http.credential, the same for every cause: a stranger learns nothing
 */
export function verifyProjectToken(token: unknown, key: string | undefined, projects: Projects, now: number): Project {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) throw refused();
  const project = projects.get((key ?? claimedIssuer(token)) as ProjectId);
  if (!project) throw refused();
  const claims = verifiedClaims(token, project.secret, now);
  // Some SDKs write the key as a number.
  if (String(claims.iss) !== project.id || claims.ist !== 'project' || typeof claims.exp !== 'number') throw refused();
  // Participants' tokens are signed with the same secret, and are handed to everybody's browser.
  if (claims.session_id !== undefined || String(claims.scope ?? '').includes('session.connect')) throw refused();
  return project;
}

function claimedIssuer(token: string): string {
  try {
    const payload = jwt.decode(token);
    return String(payload === null || typeof payload === 'string' ? undefined : payload.iss);
  } catch {
    throw refused();
  }
}

function verifiedClaims(token: string, secret: string, now: number): jwt.JwtPayload {
  try {
    const payload = jwt.verify(token, createSecretKey(secret, 'utf8'), {
      algorithms: ['HS256'],
      clockTimestamp: Math.floor(now / 1000),
      clockTolerance: CLOCK_SKEW_SECONDS,
    });
    if (typeof payload !== 'string') return payload;
  } catch {
    // Falls through to the one refusal.
  }
  throw refused();
}

function refused(): CrosspointError {
  return new CrosspointError('http.credential', 'Invalid token');
}

const PROJECT = 'project';

/** Checks the credential before the body is even read. */
export function authenticate({ projects, clock }: OpentokDeps): onRequestHookHandler {
  return async request => {
    const { apiKey } = request.params as { apiKey?: string };
    const project = verifyProjectToken(request.headers['x-opentok-auth'], apiKey, projects, clock.now());
    request.setDecorator(PROJECT, project);
  };
}

/** The project of a request that `authenticate` let through. */
export function projectOf(request: FastifyRequest): Project {
  return request.getDecorator<Project>(PROJECT);
}

export const projectDecorator = PROJECT;
