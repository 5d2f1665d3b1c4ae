import { createSecretKey } from 'node:crypto';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { OpentokProject, Projects } from '../../config/projects.ts';
import { unverifiedClaims } from '../../sessions/unverified-claims.ts';
import { isParticipants, verifiedClaims } from './token-rules.ts';

const MAX_LENGTH = 4096;

/**
 * The OpenTok project that a request's credential belongs to (CONTRACT §1.1).
 *
 * @param token value of the X-OPENTOK-AUTH header
 * @param key the project key in the path, or undefined where the path has none
 * @param now milliseconds since 1970
 * @throws CrosspointError http.credential, the same for every cause: a stranger learns nothing
 */
export function verifyProjectToken(
  token: unknown,
  key: string | undefined,
  projects: Projects,
  now: number,
): OpentokProject {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) throw refused();
  const project = projects.get((key ?? String(unverifiedClaims(token)?.iss)) as ProjectId);
  if (project?.kind !== 'opentok') throw refused();
  const claims = verifiedClaims(token, createSecretKey(project.secret, 'utf8'), 'HS256', now);
  if (!claims) throw refused();
  // Some SDKs write the key as a number.
  if (String(claims.iss) !== project.id || claims.ist !== 'project' || typeof claims.exp !== 'number') throw refused();
  if (isParticipants(claims)) throw refused();
  return project;
}

function refused(): CrosspointError {
  return new CrosspointError('http.credential', 'Invalid token');
}
