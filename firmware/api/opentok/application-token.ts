import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Projects, VonageProject } from '../../config/projects.ts';
import { aclCovers } from '../../sessions/acl.ts';
import { unverifiedClaims } from '../../sessions/unverified-claims.ts';
import { isParticipants, verifiedClaims } from './token-rules.ts';

/** Room for a long acl. */
const MAX_LENGTH = 8192;

/** What a token's `acl` has to cover. */
export interface AskedFor {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/**
 * The Vonage application that a request's credential belongs to (CONTRACT §2).
 *
 * @param token a JWT
 * @param id the application id in the path, or undefined where the path has none
 * @param now milliseconds since 1970
 * @throws CrosspointError http.application-credential, the same for every cause: a stranger learns nothing; http.acl
 */
export function verifyApplicationToken(
  token: unknown,
  id: string | undefined,
  projects: Projects,
  { method, path }: AskedFor,
  now: number,
): VonageProject {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) throw refused();
  const project = projects.get((id ?? String(unverifiedClaims(token)?.application_id)) as ProjectId);
  if (project?.kind !== 'vonage') throw refused();
  const claims = verifiedClaims(token, project.publicKey.current, 'RS256', now);
  if (!claims) throw refused();
  if (claims.application_id !== project.id || typeof claims.exp !== 'number' || isParticipants(claims)) throw refused();
  if (!aclCovers(claims.acl, method, path))
    throw new CrosspointError('http.acl', `The acl of the token does not cover ${method} ${path}`);
  return project;
}

function refused(): CrosspointError {
  return new CrosspointError('http.application-credential', 'Invalid token');
}
