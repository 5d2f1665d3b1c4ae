import type { SipResponse } from '../../message/message.ts';
import { formatUri, parseUri, type SipUri } from '../../message/uri.ts';
import type { InviteOptions } from '../invite-listener.ts';
import { numberAt, redirectContacts } from './redirect-contacts.ts';

/** Where one INVITE goes and what it asks for there. */
export interface Aim {
  readonly target: SipUri;
  readonly requestUri: string;
  /** Named by a 3xx, not by the owner of the call. */
  readonly redirected: boolean;
}

/** RFC 3261 §26.2.2: a call that has to be secure to the next hop asks for that all the way. */
export function firstAim({ target, requestUri }: InviteOptions): Aim {
  const secure = target.scheme === 'sips' ? requestUri.replace(/^sip:/i, 'sips:') : requestUri;
  return { target, requestUri: secure, redirected: false };
}

/** 300, 301 and 302; 305 (use proxy) and 380 (alternative service) want more than another address. */
const FOLLOWED = new Set([300, 301, 302]);

/**
 * The targets of one call that redirects have named and that are still to be tried (RFC 3261 §8.1.3.4). No URI is
 * called twice, so that two servers which point at each other end the call.
 */
export class Redirects {
  readonly #options: InviteOptions;
  readonly #first: Aim;
  /** Made when it is needed: most calls meet no redirect. */
  #called: Set<string> | null = null;
  readonly #waiting: Aim[] = [];
  #followed = 0;

  constructor(options: InviteOptions, first: Aim) {
    this.#options = options;
    this.#first = first;
  }

  /** Takes the contacts of a 3xx; true when it gave something new to try. They come before what waits already. */
  follow(response: SipResponse): boolean {
    if (!FOLLOWED.has(response.status) || this.#followed >= (this.#options.followRedirects ?? 0)) return false;
    this.#followed += 1;
    this.#called ??= new Set([this.#first.requestUri]);
    const called = this.#called;
    const fresh: Aim[] = [];
    for (const { uri } of redirectContacts(response.headers)) {
      const aim = this.#aimAt(uri);
      if (!aim || called.has(aim.requestUri)) continue;
      called.add(aim.requestUri);
      fresh.push(aim);
    }
    this.#waiting.unshift(...fresh);
    return fresh.length > 0;
  }

  next(): Aim | undefined {
    return this.#waiting.shift();
  }

  #aimAt(text: string): Aim | null {
    const { target } = this.#options;
    const contact = parseUri(text);
    if (!this.#allowed(contact)) return null;
    // A number has no host of its own: it is asked for where we called.
    const uri = contact.scheme === 'tel' ? numberAt(contact, target) : contact;
    // sips: asked for all the way must not become sip: half-way (RFC 5630 §3.3).
    if (target.scheme === 'sips' && uri.scheme !== 'sips') return null;
    return { target: uri, requestUri: formatUri(uri), redirected: true };
  }

  /** Nobody calls strangers at our cost: without a rule of the owner a redirect may only move the call within its host. */
  #allowed(contact: SipUri): boolean {
    const { allowRedirect, target } = this.#options;
    // The host would be the one that we called, and maddr (RFC 3261 §19.1.1) the one that is asked.
    if (contact.scheme !== 'tel' && contact.params.has('maddr')) return false;
    return allowRedirect ? allowRedirect(contact) : contact.scheme !== 'tel' && contact.host === target.host;
  }
}
