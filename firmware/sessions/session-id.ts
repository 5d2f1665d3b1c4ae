import { randomBytes } from 'node:crypto';
import type { ProjectId, SessionId } from '../base/ids.ts';

/** 144 bits: a session id is as good as an invitation, so it must not be guessed. */
const RANDOM_BYTES = 18;
const MAX_LENGTH = 256;
const WHOLE_MILLISECONDS = /^[0-9]{1,15}$/;

/** What a session id says about itself. */
export interface SessionIdFields {
  readonly project: ProjectId;
  /** The location hint that the creator gave, or empty. */
  readonly location: string;
  readonly createdAt: number;
}

/**
 * A fresh id of the layout that clients decode to find the project in it (CONTRACT §1.2):
 * `2_` + base64url of `1~<project>~<location>~<milliseconds>~<random>~~`.
 *
 * @param location an IPv4 address, or empty
 * @param createdAt milliseconds since 1970
 */
export function createSessionId(project: ProjectId, location: string, createdAt: number): SessionId {
  const random = randomBytes(RANDOM_BYTES).toString('base64url');
  const text = `1~${project}~${location}~${createdAt}~${random}~~`;
  return `2_${Buffer.from(text).toString('base64url')}` as SessionId;
}

/** The fields of an id, or null for what is not a session id at all. Says nothing about whether the session exists. */
export function parseSessionId(id: string): SessionIdFields | null {
  if (id.length > MAX_LENGTH || !/^[12]_[A-Za-z0-9_-]+$/.test(id)) return null;
  const encoded = id.slice(2);
  const bytes = Buffer.from(encoded, 'base64url');
  // Only one spelling of an id is taken: the decoder alone would ignore stray bits at the end.
  if (bytes.toString('base64url') !== encoded) return null;
  const [layout, project, location, createdAt, random, ...rest] = bytes.toString('utf8').split('~');
  if (layout !== '1' || !project || location === undefined || !random || rest.length !== 2) return null;
  if (createdAt === undefined || !WHOLE_MILLISECONDS.test(createdAt)) return null;
  return { project: project as ProjectId, location, createdAt: Number(createdAt) };
}
