import jwt from 'jsonwebtoken';
import type { VonageProject } from '../config/projects.ts';
import { aclCovers } from './acl.ts';
import { expiredToken, foreignToken, invalidToken, type TokenClaims } from './token-claims.ts';
import { unverifiedClaims } from './unverified-claims.ts';

/**
 * Reads a participant token of a Vonage application (CONTRACT §1.3): RS256 with its key, and nothing else, whatever its
 * header says.
 *
 * @param now milliseconds since 1970
 * @throws CrosspointError session.token-invalid, session.token-expired, session.token-foreign
 */
export function readApplicationToken(token: string, project: VonageProject, now: number): TokenClaims {
  const application = unverifiedClaims(token)?.application_id;
  if (typeof application !== 'string') throw invalidToken('it is no JWT of a Vonage application');
  if (application !== project.id) throw foreignToken();
  const claims = verified(token, project, now);
  // The same key signs REST credentials; the scope is what tells the two apart.
  if (claims.scope !== 'session.connect' || typeof claims.session_id !== 'string')
    throw invalidToken('it is not a participant token');
  if (!aclCovers(claims.acl, null, `/session/${claims.session_id}`))
    throw invalidToken('its acl does not let it into a session');
  return {
    session: claims.session_id,
    expiresAt: claims.exp,
    role: claims.role,
    data: claims.connection_data,
    layoutClasses: claims.initial_layout_class_list,
  };
}

function verified(token: string, { publicKey }: VonageProject, now: number): jwt.JwtPayload {
  try {
    const payload = jwt.verify(token, publicKey.current, {
      algorithms: ['RS256'],
      clockTimestamp: Math.floor(now / 1000),
    });
    if (typeof payload === 'string') throw invalidToken('it holds no claims');
    return payload;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw expiredToken();
    throw invalidToken('its signature is wrong');
  }
}
