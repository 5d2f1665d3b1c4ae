import { randomBytes } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Credentials } from './credentials.ts';
import { answerChallenge } from './digest.ts';

/** 401 and 407, and one stale nonce each. */
const MAX_ANSWERS = 4;

/**
 * The challenges that one request meets on its way (RFC 3261 §22): each server and proxy is answered once; a second
 * challenge means that the password is wrong, unless it only says that the nonce has become stale.
 */
export class DigestTries {
  readonly #credentials: Credentials | null;
  readonly #nonces = new Map<number, string>();
  readonly #headers = new Map<string, string>();
  #answers = 0;

  constructor(credentials: Credentials | null) {
    this.#credentials = credentials;
  }

  /** Authorization and Proxy-Authorization as they stand: the ACK of a 2xx carries those of its INVITE (§22.1). */
  get headers(): Iterable<readonly [name: string, value: string]> {
    return this.#headers;
  }

  /**
   * Whether the request may be sent again, with `headers` as they are now.
   * False: no credentials, refused ones, or no challenge that we can answer.
   */
  answer(request: SipRequest, response: SipResponse): boolean {
    const { status } = response;
    if ((status !== 401 && status !== 407) || !this.#credentials || this.#answers >= MAX_ANSWERS) return false;
    const proxy = status === 407;
    const challenges = response.headers.getAll(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
    try {
      const { method, uri, body } = request;
      const fresh = { nonceCount: 1, cnonce: randomBytes(8).toString('hex') };
      const answer = answerChallenge({ ...this.#credentials, ...fresh, challenges, method, uri, body });
      const before = this.#nonces.get(status);
      if (before !== undefined && (!answer.stale || answer.nonce === before)) return false;
      this.#nonces.set(status, answer.nonce);
      this.#headers.set(proxy ? 'Proxy-Authorization' : 'Authorization', answer.header);
      this.#answers += 1;
      return true;
    } catch {
      // A challenge that cannot be read or answered: the caller hears of the 401 or 407 itself.
      return false;
    }
  }
}
