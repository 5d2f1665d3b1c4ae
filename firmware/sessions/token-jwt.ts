import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { OpentokProject } from '../config/projects.ts';
import { expiredToken, foreignToken, invalidToken, type TokenClaims } from './token-claims.ts';
import { unverifiedClaims } from './unverified-claims.ts';

/**
 * Reads a participant token in JWT form: HS256 with the project's secret, and nothing else, whatever its header says.
 *
 * @param now milliseconds since 1970
 * @throws CrosspointError session.token-invalid, session.token-expired, session.token-foreign
 */
export function readJwtToken(token: string, project: OpentokProject, now: number): TokenClaims {
  const issuer = claimedIssuer(token);
  if (issuer === undefined) throw invalidToken('it is neither a JWT nor a T1 token');
  if (issuer !== project.id) throw foreignToken();
  const claims = verified(token, project.secret, now);
  // The same secret signs REST credentials; the scope is what tells the two apart.
  if (claims.scope !== 'session.connect' || claims.ist !== 'project' || typeof claims.session_id !== 'string')
    throw invalidToken('it is not a participant token');
  return {
    session: claims.session_id,
    expiresAt: claims.exp ?? claims.expire_time,
    role: claims.role,
    data: claims.connection_data,
    layoutClasses: claims.initial_layout_class_list,
  };
}

/** Whom an unverified token says it is from; some libraries write the project key as a number. */
function claimedIssuer(token: string): string | undefined {
  const issuer: unknown = unverifiedClaims(token)?.iss;
  return typeof issuer === 'string' || typeof issuer === 'number' ? String(issuer) : undefined;
}

function verified(token: string, secret: string, now: number): jwt.JwtPayload {
  try {
    const payload = jwt.verify(token, createSecretKey(secret, 'utf8'), {
      algorithms: ['HS256'],
      clockTimestamp: Math.floor(now / 1000),
    });
    if (typeof payload === 'string') throw invalidToken('it holds no claims');
    return payload;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw expiredToken();
    throw invalidToken('its signature is wrong');
  }
}
