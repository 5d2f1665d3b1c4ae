import jwt from 'jsonwebtoken';

/** What a JWT says before its signature was looked at: enough to know whose key to look with, and for nothing else. */
export function unverifiedClaims(token: string): jwt.JwtPayload | undefined {
  try {
    const payload = jwt.decode(token);
    return payload === null || typeof payload === 'string' ? undefined : payload;
  } catch {
    return undefined;
  }
}
