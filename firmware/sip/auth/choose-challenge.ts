import { CrosspointError } from '../../base/errors.ts';
import { SipParseError } from '../message/errors.ts';
import { ALGORITHMS, type Algorithm, algorithmNamed } from './algorithms.ts';
import { type Challenge, parseChallenge, splitChallenges } from './challenge.ts';

export type Qop = 'auth' | 'auth-int';

/** A challenge that we can answer, and how. */
export interface DigestTerms {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  /** Null for a server of RFC 2069. */
  readonly qop: Qop | null;
}

/** A server sends one or two, and a forking proxy those of all its branches. */
const MAX_CHALLENGES = 16;
/** Of each name in an error, since the far end chooses them. */
const MAX_SHOWN = 40;

/**
 * Of each realm that asks, the strongest challenge that we can answer: RFC 3261 §22.3 wants the credentials for all of
 * them sent together.
 * @param values of WWW-Authenticate or Proxy-Authenticate, in their order
 * @throws CrosspointError sip.auth-unsupported (no challenge that we can answer), sip.malformed (SipParseError, when
 *   no challenge could be read)
 */
export function chooseChallenges(values: readonly string[]): DigestTerms[] {
  const { challenges, malformed } = readChallenges(values.slice(0, MAX_CHALLENGES));
  const chosen = new Map<string, DigestTerms>();
  for (const challenge of challenges) {
    const terms = termsOf(challenge);
    const known = chosen.get(challenge.realm);
    if (terms && (!known || isStronger(terms, known))) chosen.set(challenge.realm, terms);
  }
  if (chosen.size > 0) return [...chosen.values()];
  if (challenges.length === 0 && malformed) throw malformed;
  const asked = challenges.map(({ algorithm, qop }) =>
    (qop.length > 0 ? `${algorithm} (qop ${qop})` : algorithm).slice(0, MAX_SHOWN),
  );
  throw new CrosspointError(
    'sip.auth-unsupported',
    `asked to authenticate by ${asked.join(', ') || 'no Digest at all'}; we have: ` +
      `${ALGORITHMS.map(({ name }) => name).join(', ')}, qop auth and auth-int`,
  );
}

/** One that cannot be read does not keep us from answering another one. */
function readChallenges(values: readonly string[]): { challenges: Challenge[]; malformed: SipParseError | null } {
  const challenges: Challenge[] = [];
  let malformed: SipParseError | null = null;
  const attempt = (read: () => void) => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      malformed = error;
    }
  };
  for (const value of values) {
    attempt(() => {
      for (const text of splitChallenges(value).slice(0, MAX_CHALLENGES)) {
        attempt(() => {
          const challenge = parseChallenge(text);
          if (challenge && challenges.length < MAX_CHALLENGES) challenges.push(challenge);
        });
      }
    });
  }
  return { challenges, malformed };
}

function termsOf(challenge: Challenge): DigestTerms | null {
  const algorithm = algorithmNamed(challenge.algorithm);
  const qop = qopOf(challenge);
  return algorithm && qop !== undefined ? { challenge, algorithm, qop } : null;
}

function isStronger(terms: DigestTerms, known: DigestTerms): boolean {
  return ALGORITHMS.indexOf(terms.algorithm) < ALGORITHMS.indexOf(known.algorithm);
}

/** Null for a server that knows no qop; undefined when it wants one that we do not have. */
function qopOf({ qop }: Challenge): Qop | null | undefined {
  if (qop.length === 0) return null;
  if (qop.includes('auth')) return 'auth';
  return qop.includes('auth-int') ? 'auth-int' : undefined;
}
