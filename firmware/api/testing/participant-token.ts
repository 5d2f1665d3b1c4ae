import jwt from 'jsonwebtoken';
import type { OpentokProject } from '../../config/projects.ts';

/** A token as the SDK makes it; claims go over the usual ones. @param now milliseconds since 1970 */
export function participantToken(
  { id, secret }: OpentokProject,
  session: string,
  now: number,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const exp = Math.floor(now / 1000) + 3_600;
  const usual = { iss: id, ist: 'project', scope: 'session.connect', session_id: session, role: 'publisher', exp };
  return jwt.sign({ ...usual, ...claims }, secret, { noTimestamp: true });
}
