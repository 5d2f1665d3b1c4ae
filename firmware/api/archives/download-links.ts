import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';

/** As the vendor's links: whoever needs a file for longer asks for the archive again. */
export const LINK_SECONDS = 600;

/** What a link opens. */
export interface Linked {
  readonly project: string;
  readonly archive: string;
  /** As it is saved: archive.ogg. */
  readonly filename: string;
}

/** Links to files of archives, each with a credential in it that is good for ten minutes and for that file. */
export class DownloadLinks {
  readonly #key: Buffer;
  readonly #clock: Clock;

  /** @param key of the box alone, 256 bits */
  constructor(key: Buffer, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** Path and query. */
  to(linked: Linked): string {
    const expires = Math.floor(this.#clock.now() / 1000) + LINK_SECONDS;
    const signature = this.#signature(linked, expires).toString('base64url');
    return `${pathOf(linked)}?expires=${expires}&signature=${signature}`;
  }

  /**
   * @param expires seconds since 1970
   * @throws CrosspointError http.link-refused, the same for every cause
   */
  check(linked: Linked, expires: number, signature: string): void {
    const expected = this.#signature(linked, expires);
    const given = Buffer.from(signature, 'base64url');
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    const now = this.#clock.now() / 1000;
    if (genuine && expires >= now && expires <= now + LINK_SECONDS) return;
    throw new CrosspointError(
      'http.link-refused',
      'The link is not valid, or not any more: ask for the archive to be given a new one',
    );
  }

  #signature(linked: Linked, expires: number): Buffer {
    return createHmac('sha256', this.#key)
      .update(`GET ${pathOf(linked)} ${expires}`)
      .digest();
  }
}

function pathOf({ project, archive, filename }: Linked): string {
  return `/archives/${[project, archive, filename].map(encodeURIComponent).join('/')}`;
}
