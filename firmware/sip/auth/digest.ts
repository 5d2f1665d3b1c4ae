import { createHash } from 'node:crypto';
import { CrosspointError } from '../../base/errors.ts';
import { SipParseError } from '../message/errors.ts';
import { quote } from '../message/params.ts';
import { type Challenge, parseChallenge } from './challenge.ts';

export type DigestAlgorithm = 'SHA-256' | 'SHA-256-sess' | 'MD5' | 'MD5-sess';

export interface DigestRequest {
  /** Values of WWW-Authenticate or Proxy-Authenticate, in their order. */
  challenges: readonly string[];
  method: string;
  /** The Request-URI, letter by letter. */
  uri: string;
  username: string;
  password: string;
  /** Hashed too where the server takes nothing but qop=auth-int. */
  body: Buffer;
  /** How many requests have used this nonce, this one included: from 1. */
  nonceCount: number;
  /** Fresh random token of ours. */
  cnonce: string;
}

export interface DigestAnswer {
  /** Value of the Authorization or Proxy-Authorization header. */
  header: string;
  algorithm: DigestAlgorithm;
  nonce: string;
  /** Of the challenge that was answered. */
  stale: boolean;
}

/** Strongest first (RFC 8760 §2.4 leaves the choice to local policy; plain before -sess, which more servers get right). */
const ALGORITHMS: readonly { name: DigestAlgorithm; hash: 'sha256' | 'md5'; session: boolean }[] = [
  { name: 'SHA-256', hash: 'sha256', session: false },
  { name: 'SHA-256-sess', hash: 'sha256', session: true },
  { name: 'MD5', hash: 'md5', session: false },
  { name: 'MD5-sess', hash: 'md5', session: true },
];

/** A server sends one or two. */
const MAX_CHALLENGES = 16;
/** Of each name in an error, since the far end chooses them. */
const MAX_SHOWN = 40;

/**
 * Answers the strongest challenge that we can (RFC 7616 §3.4, RFC 2617, RFC 8760; RFC 2069 where there is no qop).
 * @throws CrosspointError sip.auth-unsupported (no challenge that we can answer), sip.bad-credentials (control
 *   characters in the user name), sip.malformed (SipParseError, when no challenge could be read)
 */
export function answerChallenge(request: DigestRequest): DigestAnswer {
  if (/[\u0000-\u001f\u007f]/.test(request.username))
    throw new CrosspointError('sip.bad-credentials', 'a user name must not contain control characters');
  const { challenge, algorithm, qop } = choose(request.challenges);
  const hash = (text: string | Buffer) => createHash(algorithm.hash).update(text).digest('hex');

  const { username, password, method, uri, cnonce, body } = request;
  const { realm, nonce, opaque } = challenge;
  const nonceCount = request.nonceCount.toString(16).padStart(8, '0');
  const secret = hash(`${username}:${realm}:${password}`);
  const a1 = algorithm.session ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hash(qop === 'auth-int' ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`);
  const response = hash(qop ? `${a1}:${nonce}:${nonceCount}:${cnonce}:${qop}:${a2}` : `${a1}:${nonce}:${a2}`);

  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${challenge.algorithm}`,
  ];
  if (qop) fields.push(`qop=${qop}`, `nc=${nonceCount}`);
  // Without qop a -sess server still needs the cnonce that A1 was made with.
  if (qop || algorithm.session) fields.push(`cnonce=${quote(cnonce)}`);
  if (opaque !== null) fields.push(`opaque=${quote(opaque)}`);
  return { header: `Digest ${fields.join(', ')}`, algorithm: algorithm.name, nonce, stale: challenge.stale };
}

interface Choice {
  challenge: Challenge;
  algorithm: (typeof ALGORITHMS)[number];
  qop: 'auth' | 'auth-int' | null;
}

function choose(values: readonly string[]): Choice {
  const { challenges, malformed } = readChallenges(values.slice(0, MAX_CHALLENGES));
  for (const algorithm of ALGORITHMS) {
    for (const challenge of challenges) {
      if (challenge.algorithm.toLowerCase() !== algorithm.name.toLowerCase()) continue;
      const qop = chooseQop(challenge);
      if (qop !== undefined) return { challenge, algorithm, qop };
    }
  }
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
  for (const value of values) {
    try {
      const challenge = parseChallenge(value);
      if (challenge) challenges.push(challenge);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      malformed = error;
    }
  }
  return { challenges, malformed };
}

/** Null for a server that knows no qop; undefined when it wants one that we do not have. */
function chooseQop({ qop }: Challenge): Choice['qop'] | undefined {
  if (qop.length === 0) return null;
  if (qop.includes('auth')) return 'auth';
  return qop.includes('auth-int') ? 'auth-int' : undefined;
}
