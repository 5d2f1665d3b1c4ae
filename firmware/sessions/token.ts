import type { SessionId } from '../base/ids.ts';
import type { Project } from '../config/projects.ts';
import { readApplicationToken } from './token-application.ts';
import { expiredToken, invalidToken, type TokenClaims } from './token-claims.ts';
import { readJwtToken } from './token-jwt.ts';
import { readT1Token } from './token-t1.ts';

export const roles = ['publisher', 'publisheronly', 'subscriber', 'moderator'] as const;
export type Role = (typeof roles)[number];

/** What a participant token entitles its bearer to. */
export interface Participant {
  readonly role: Role;
  /** connection_data, at most 1024 characters. */
  readonly data: string;
  /** What its streams are called in layouts at first; absent: nothing. */
  readonly layoutClasses?: readonly string[];
}

const MAX_DATA_LENGTH = 1024;
/** That of the SDKs. */
const MAX_LAYOUT_LENGTH = 1024;
/** connection_data, percent-encoded and then base64-encoded, fits with room to spare. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/**
 * Checks a participant token (CONTRACT §1.3), in each of its formats that the project's kind has.
 *
 * @param now milliseconds since 1970
 * @throws CrosspointError session.token-invalid, session.token-expired, session.token-foreign (another project's)
 */
export function verifyParticipantToken(token: string, project: Project, session: SessionId, now: number): Participant {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken('it is too long');
  const claims = claimsOf(token, project, now);
  if (typeof claims.expiresAt !== 'number' || !Number.isFinite(claims.expiresAt))
    throw invalidToken('it never expires');
  if (claims.expiresAt * 1000 <= now) throw expiredToken();
  if (claims.session !== session) throw invalidToken('it is for another session');
  const layoutClasses = layoutClassesOf(claims.layoutClasses);
  return { role: roleOf(claims.role), data: dataOf(claims.data), ...(layoutClasses.length > 0 && { layoutClasses }) };
}

function claimsOf(token: string, project: Project, now: number): TokenClaims {
  switch (project.kind) {
    case 'opentok':
      return token.startsWith('T1==') ? readT1Token(token, project) : readJwtToken(token, project, now);
    case 'vonage':
      return readApplicationToken(token, project, now);
    case 'twilio':
      throw invalidToken('its project makes no participant tokens');
    default:
      return project satisfies never;
  }
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

function layoutClassesOf(list: unknown = ''): string[] {
  if (typeof list !== 'string' || list.length > MAX_LAYOUT_LENGTH)
    throw invalidToken(`its initial_layout_class_list is no text of at most ${MAX_LAYOUT_LENGTH} characters`);
  return list.split(' ').filter(name => name !== '');
}
