import type { KeyObject } from 'node:crypto';
import type { JwtPayload } from 'jsonwebtoken';
import jwt from 'jsonwebtoken';

/** How far the clock of an application may be from ours. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * Participants' tokens are signed with the same key as requests, and are handed to everybody's browser: they must never
 * count as a credential.
 */
export function isParticipants({ session_id, scope }: JwtPayload): boolean {
  return session_id !== undefined || String(scope ?? '').includes('session.connect');
}

/** The claims of a token that is signed so and in time; null for every other. */
export function verifiedClaims(
  token: string,
  key: KeyObject,
  algorithm: 'HS256' | 'RS256',
  now: number,
): JwtPayload | null {
  try {
    const payload = jwt.verify(token, key, {
      algorithms: [algorithm],
      clockTimestamp: Math.floor(now / 1000),
      clockTolerance: CLOCK_SKEW_SECONDS,
    });
    return typeof payload === 'string' ? null : payload;
  } catch {
    return null;
  }
}
