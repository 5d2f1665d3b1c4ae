import type { SipRequest, SipResponse } from '../message/message.ts';
import { chooseChallenges, type DigestTerms } from './choose-challenge.ts';
import { type Credentials, canBeSent } from './credentials.ts';
import type { SignedPart } from './digest.ts';
import { type Asker, DigestSession } from './digest-session.ts';

/** Two proxies and a server that ask one after the other, and one stale nonce each. */
const MAX_ANSWERS = 6;

type AuthHeader = readonly [name: string, value: string];

/**
 * The challenges that one request meets on its way (RFC 3261 §22): each server and proxy is answered once; a second
 * challenge means that the password is wrong, unless it only says that the nonce has become stale.
 *
 * With a session that outlives the request, `sign` lets even its first sending carry credentials. What goes out is
 * either `sign(request)` before each sending, or `headers` put on by the caller after `answer` said yes.
 */
export class DigestTries {
  readonly #session: DigestSession | null;
  /** The nonce that each realm was answered with. */
  readonly #answered = new Map<string, string>();
  #signed: SignedPart | null = null;
  #headers: readonly AuthHeader[] | null = [];
  #answers = 0;

  constructor(
    credentials: Credentials | null,
    session: DigestSession | null = credentials && new DigestSession(credentials),
  ) {
    this.#session = credentials && canBeSent(credentials) ? session : null;
  }

  /**
   * Authorization and Proxy-Authorization as they stand; several of one name when several proxies ask.
   * The ACK of a 2xx carries those of its INVITE (§22.1).
   */
  get headers(): Iterable<AuthHeader> {
    if (!this.#headers) this.#headers = this.#authorize();
    return this.#headers;
  }

  /** Puts our credentials on a request that is about to be sent, in place of those that it has. */
  sign(request: SipRequest): void {
    if (!this.#session) return;
    this.#signed = request;
    const signed = this.#authorize();
    this.#headers = signed;
    for (const [name] of signed) request.headers.delete(name);
    for (const [name, value] of signed) request.headers.add(name, value);
  }

  /**
   * Whether the request may be sent again, with `headers` as they are now.
   * False: no credentials, refused ones, or no challenge that we can answer. Any final response may be shown.
   */
  answer(request: SipRequest, response: SipResponse): boolean {
    const { status } = response;
    if (status !== 401 && status !== 407) this.#session?.heard(response);
    else if (this.#session && this.#answers < MAX_ANSWERS) {
      // A forking proxy answers with the challenges of all branches, those of the other kind too (§16.7 step 7).
      const news = [
        ...this.#news('www', response.headers.getAll('WWW-Authenticate')),
        ...this.#news('proxy', response.headers.getAll('Proxy-Authenticate')),
      ];
      if (news.length === 0) return false;
      for (const [asker, terms] of news) this.#session.learn(asker, terms);
      this.#answers += 1;
      this.#signed = request;
      this.#headers = null;
      return true;
    }
    return false;
  }

  /** The challenges that are worth an answer. */
  #news(asker: Asker, values: readonly string[]): (readonly [Asker, DigestTerms])[] {
    if (values.length === 0) return [];
    return answerable(values)
      .filter(({ challenge: { realm, nonce, stale } }) => {
        const key = `${asker} ${realm}`;
        const before = this.#answered.get(key);
        if (before !== undefined && (!stale || nonce === before)) return false;
        this.#answered.set(key, nonce);
        return true;
      })
      .map(terms => [asker, terms] as const);
  }

  #authorize(): readonly AuthHeader[] {
    return this.#session && this.#signed ? this.#session.authorize(this.#signed) : [];
  }
}

/** None when they cannot be read or answered: the caller hears of the 401 or 407 itself. */
function answerable(values: readonly string[]): DigestTerms[] {
  try {
    return chooseChallenges(values);
  } catch {
    return [];
  }
}
