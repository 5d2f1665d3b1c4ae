import type { SessionId } from '../base/ids.ts';
import type { Project } from '../config/projects.ts';
import { expiredToken, invalidToken } from './token-claims.ts';
import { readJwtToken } from './token-jwt.ts';
import { readT1Token } from './token-t1.ts';

export const roles = ['publisher', 'publisheronly', 'subscriber', 'moderator'] as const;
export type Role = (typeof roles)[number];

/** What a participant token entitles its bearer to. */
export interface Participant {
  readonly role: Role;
  /** connection_data, at most 1024 characters. */
  readonly data: string;
}

const MAX_DATA_LENGTH = 1024;
/** connection_data, percent-encoded and then base64-encoded, fits with room to spare. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/**
 * Checks a participant token (CONTRACT §1.3), in either of its formats.
 *
 * @param now milliseconds since 1970
 * @throws CrosspointError session.token-invalid, session.token-expired, session.token-foreign (another project's)
 */
export function verifyParticipantToken(token: string, project: Project, session: SessionId, now: number): Participant {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken('it is too long');
  const claims = token.startsWith('T1==') ? readT1Token(token, project) : readJwtToken(token, project, now);
  if (typeof claims.expiresAt !== 'number' || !Number.isFinite(claims.expiresAt))
    throw invalidToken('it never expires');
  if (claims.expiresAt * 1000 <= now) throw expiredToken();
  if (claims.session !== session) throw invalidToken('it is for another session');
  return { role: roleOf(claims.role), data: dataOf(claims.data) };
}

function roleOf(role: unknown): Role {
  const known = roles.find(name => name === (role ?? 'publisher'));
  if (known === undefined) throw invalidToken(`its role is none of ${roles.join(', ')}`);
  return known;
}

function dataOf(data: unknown = ''): string {
  if (typeof data !== 'string') throw invalidToken('its connection_data is not a text');
  if (data.length > MAX_DATA_LENGTH)
    throw invalidToken(`its connection_data is longer than ${MAX_DATA_LENGTH} characters`);
  return data;
}
