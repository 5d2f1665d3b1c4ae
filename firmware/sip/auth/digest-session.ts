import { randomBytes } from 'node:crypto';
import type { SipResponse } from '../message/message.ts';
import { parseAuthParams } from './auth-params.ts';
import type { DigestTerms } from './choose-challenge.ts';
import type { Credentials } from './credentials.ts';
import { authorizationValue, nonceCount, passwordHash, type SignedPart } from './digest.ts';

/** Who asks: the server itself (401) or a proxy on the way (407). */
export type Asker = 'www' | 'proxy';

interface Protection {
  readonly asker: Asker;
  terms: DigestTerms;
  secret: string;
  nonce: string;
  cnonce: string;
  /** How many requests have used the nonce. */
  uses: number;
}

/** A call meets one server and a proxy or two. */
const MAX_REALMS = 8;
const NAMES = { www: 'Authorization', proxy: 'Proxy-Authorization' } as const;

/**
 * What one set of credentials has learnt of the servers and proxies of one peer: later requests carry credentials
 * without being asked, with a count that rises with each use of a nonce (RFC 7616 §3.4, RFC 3261 §22.3).
 * Keep one for each set of credentials and peer; it holds nothing that has to be closed.
 */
export class DigestSession {
  readonly #credentials: Credentials;
  /** By asker and realm; the one that asked longest ago first. */
  readonly #protections = new Map<string, Protection>();

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Takes a challenge. One with a nonce that we know goes on counting: a count that falls back is a replay. */
  learn(asker: Asker, terms: DigestTerms): void {
    const { realm, nonce } = terms.challenge;
    const key = `${asker} ${realm}`;
    const known = this.#protections.get(key);
    this.#protections.delete(key);
    if (known?.nonce === nonce && known.terms.algorithm === terms.algorithm) {
      known.terms = terms;
      this.#protections.set(key, known);
      return;
    }
    const [oldest] = this.#protections.keys();
    if (oldest !== undefined && this.#protections.size >= MAX_REALMS) this.#protections.delete(oldest);
    this.#protections.set(key, {
      asker,
      terms,
      secret: passwordHash(terms.algorithm, this.#credentials, realm),
      nonce,
      cnonce: newCnonce(),
      uses: 0,
    });
  }

  /** Credentials for everybody who is known to ask, each use counted; none before the first challenge. */
  authorize(signed: SignedPart): (readonly [name: string, value: string])[] {
    return [...this.#protections.values()].map(protection => {
      const { asker, terms, secret, nonce, cnonce } = protection;
      protection.uses += 1;
      const use = { nonce, nc: nonceCount(protection.uses), cnonce, qop: terms.qop };
      return [NAMES[asker], authorizationValue(terms, this.#credentials, secret, use, signed)] as const;
    });
  }

  /** Takes the next nonce from a response (RFC 7616 §3.5). The header names no realm: with two, nobody knows whose. */
  heard(response: SipResponse): void {
    this.#next('www', response.headers.get('Authentication-Info'));
    this.#next('proxy', response.headers.get('Proxy-Authentication-Info'));
  }

  #next(asker: Asker, info: string | undefined): void {
    if (info === undefined) return;
    const [protection, another] = [...this.#protections.values()].filter(each => each.asker === asker);
    if (!protection || another) return;
    const nonce = nextNonce(info);
    if (nonce === null || nonce === protection.nonce) return;
    protection.nonce = nonce;
    protection.cnonce = newCnonce();
    protection.uses = 0;
  }
}

function newCnonce(): string {
  return randomBytes(8).toString('hex');
}

/** What cannot be read changes nothing: the old nonce is good until somebody says that it is stale. */
function nextNonce(info: string): string | null {
  try {
    return parseAuthParams(info, 'Authentication-Info').get('nextnonce') || null;
  } catch {
    return null;
  }
}
