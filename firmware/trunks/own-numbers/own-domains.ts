import type { SipUri } from '../../sip/message/uri.ts';
import { plainHost } from '../calling-policy.ts';

/** Where scripts call numbers that the box answers itself (RFC 6761 §6.4: nobody can have that name). */
export const NUMBERS_HOST = 'numbers.invalid';

/** `domains` of the configuration: names that the box is itself, wherever DNS says that they are. */
export class OwnDomains {
  readonly #hosts: ReadonlySet<string>;

  constructor(domains: readonly string[]) {
    this.#hosts = new Set([...domains.map(plainHost), NUMBERS_HOST]);
  }

  /** Whatever its port and transport: the box has all of them. */
  has({ scheme, host }: Pick<SipUri, 'scheme' | 'host'>): boolean {
    return scheme !== 'tel' && this.#hosts.has(plainHost(host));
  }
}
