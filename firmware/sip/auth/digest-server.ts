import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { SipRequest } from '../message/message.ts';
import { quote } from '../message/params.ts';
import type { Algorithm, DigestAlgorithm } from './algorithms.ts';
import { type Authorization, parseAuthorization } from './authorization.ts';
import { digestResponse, passwordHash } from './digest.ts';
import type { Asker } from './digest-session.ts';
import { Nonces } from './nonces.ts';
import { isSameUser } from './same-user.ts';

export interface DigestServerOptions {
  readonly realm: string;
  readonly clock: Clock;
  /** Seals the nonces. 32 random bytes; with new ones after a restart, clients are told that theirs are stale. */
  readonly secret: Buffer;
  /** Of a user; null: there is none of that name. */
  readonly password: (username: string) => string | null;
  /** Offered in this order, the first one preferred; MD5 is all that desk phones know. Default SHA-256, MD5. */
  readonly algorithms?: readonly DigestAlgorithm[];
}

export type DigestCheck =
  | { kind: 'ok'; username: string }
  /** Ask with `challenge(kind, false)`; 'stale' (right, but old or used before) with `challenge(kind, true)`. */
  | { kind: 'absent' | 'stale' | 'refused' };

const DEFAULT_ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];
const NONCE_VALID_MS = 300_000;
/** About 4 MB when full; 300 calls a second, each with a nonce of its own, leave a nonce a minute and a half. */
const MAX_USED_NONCES = 32_768;
const HEADERS = {
  www: { ask: 'WWW-Authenticate', answer: 'Authorization' },
  proxy: { ask: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
} as const;
/** A request meets fewer servers that ask. */
const MAX_VALUES = 16;
/** What a user who does not exist is checked against. Whoever guesses it has still no name to be. */
const NOBODY = 'nobody';

/**
 * The server's side of digest (RFC 7616, RFC 8760; RFC 3261 §22.2, §22.3). It keeps nothing of those who do not know a
 * password, and an unknown user takes as long and looks like a wrong password.
 */
export class DigestServer {
  readonly #realm: string;
  readonly #password: (username: string) => string | null;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #nonces: Nonces;

  constructor({ realm, clock, secret, password, algorithms }: DigestServerOptions) {
    this.#realm = realm;
    this.#password = password;
    this.#algorithms = algorithms ?? DEFAULT_ALGORITHMS;
    this.#nonces = new Nonces({ clock, secret, validMs: NONCE_VALID_MS, maxUsed: MAX_USED_NONCES });
  }

  /** Headers for a 401 ('www') or 407 ('proxy'), one for each algorithm. */
  challenge(kind: Asker, stale: boolean): (readonly [name: string, value: string])[] {
    const nonce = this.#nonces.make();
    const more = stale ? ', stale=true' : '';
    return this.#algorithms.map(algorithm => [
      HEADERS[kind].ask,
      `Digest realm=${quote(this.#realm)}, nonce="${nonce}", qop="auth", algorithm=${algorithm}${more}`,
    ]);
  }

  /**
   * Checks the credentials of a request once: the same ones again are a replay, and 'stale'. Not for ACK and CANCEL,
   * which nobody may challenge (§22.1). Never throws, whatever the header holds.
   */
  check(request: SipRequest, kind: Asker): DigestCheck {
    const found = this.#ours(request.headers.getAll(HEADERS[kind].answer));
    if (found === 'absent' || found === 'refused') return { kind: found };
    const { username, userhash, algorithm, uri, use } = found;
    if (!algorithm || !this.#algorithms.includes(algorithm.name) || userhash) return { kind: 'refused' };
    const right = this.#isRight(found, algorithm, request);
    if (!isSameUser(uri, request.uri) || !right) return { kind: 'refused' };
    return this.#nonces.use(use.nonce, Number.parseInt(use.nc, 16)) ? { kind: 'ok', username } : { kind: 'stale' };
  }

  /** A request may carry credentials for other servers on its way (§22.3). */
  #ours(values: readonly string[]): Authorization | 'absent' | 'refused' {
    let broken = false;
    for (const value of values.slice(0, MAX_VALUES)) {
      try {
        const authorization = parseAuthorization(value);
        if (authorization?.realm === this.#realm) return authorization;
      } catch {
        broken = true;
      }
    }
    return broken ? 'refused' : 'absent';
  }

  #isRight({ username, uri, response, use }: Authorization, algorithm: Algorithm, request: SipRequest): boolean {
    const password = this.#password(username);
    const secret = passwordHash(algorithm, { username, password: password ?? NOBODY }, this.#realm);
    const { method, body } = request;
    const expected = Buffer.from(digestResponse(algorithm, secret, use, { method, uri, body }));
    const given = Buffer.from(response);
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    return same && password !== null;
  }
}
