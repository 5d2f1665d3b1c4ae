import type { JwtPayload } from 'jsonwebtoken';

/** How far the clock of an application may be from ours. */
export const CLOCK_SKEW_SECONDS = 60;

/**
 * Participants' tokens are signed with the same key as requests, and are handed to everybody's browser: they must never
 * count as a credential.
 */
export function isParticipants({ session_id, scope }: JwtPayload): boolean {
  return session_id !== undefined || String(scope ?? '').includes('session.connect');
}
