import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { addressMatcher, parseAdvertise } from '../../config/address.ts';
import type { Config } from '../../config/schema.ts';
import { DigestServer } from '../../sip/auth/digest-server.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { Source } from '../../sip/transport/hop.ts';
import type { Accounts } from './accounts.ts';

export type LoginVerdict =
  | { readonly kind: 'user'; readonly user: string }
  /** 401 with these. */
  | { readonly kind: 'challenge'; readonly headers: readonly (readonly [name: string, value: string])[] }
  /** A wrong name or password. */
  | { readonly kind: 'refused' }
  /** Nobody who logs in may come from there. */
  | { readonly kind: 'nobody' };

interface Login {
  readonly password: string;
  /** Where it may come from. */
  readonly allows: (address: string) => boolean;
}

const ANYWHERE = () => true;

/**
 * The trunks whose peers prove by digest who they are. One that has `sources` too has to come from there: an address
 * beside a password narrows who may use it, and does not stand in for it. Tenants log in beside them, from anywhere.
 */
export class TrunkLogins {
  readonly #logins: ReadonlyMap<string, Login>;
  readonly #digest: DigestServer;

  /** @param accounts logins of tenants; a trunk's of the same name goes before */
  constructor({ trunks, sip }: Pick<Config, 'trunks' | 'sip'>, clock: Clock, accounts: Pick<Accounts, 'logins'>) {
    const tenants = [...accounts.logins].map(([user, password]) => [user, { password, allows: ANYWHERE }] as const);
    this.#logins = new Map([
      ...tenants,
      ...trunks.flatMap(({ login, sources }) => {
        if (!login) return [];
        const allows = sources.length === 0 ? ANYWHERE : addressMatcher(sources);
        return [[login.username, { password: login.password, allows }] as const];
      }),
    ]);
    this.#digest = new DigestServer({
      realm: realmOf(sip.listeners),
      clock,
      secret: randomBytes(32),
      algorithms: sip.digestAlgorithms,
      password: user => this.#logins.get(user)?.password ?? null,
    });
  }

  /** Whether a source may be asked who it is. */
  mayCome(source: Source): boolean {
    for (const { allows } of this.#logins.values()) if (allows(source.address)) return true;
    return false;
  }

  /** Who sends that request. The same credentials a second time are a replay, and are asked for anew. */
  check(request: SipRequest, source: Source): LoginVerdict {
    if (!this.mayCome(source)) return { kind: 'nobody' };
    const checked = this.#digest.check(request, 'www');
    if (checked.kind === 'ok') {
      const user = checked.username;
      return this.#logins.get(user)?.allows(source.address) ? { kind: 'user', user } : { kind: 'refused' };
    }
    if (checked.kind === 'refused') return { kind: 'refused' };
    return { kind: 'challenge', headers: this.#digest.challenge('www', checked.kind === 'stale') };
  }
}

/** The name by which peers know the box; it may not change from one start to the next, or phones ask for passwords. */
function realmOf(listeners: Config['sip']['listeners']): string {
  const named = listeners.find(({ advertise }) => advertise !== undefined)?.advertise;
  return (named === undefined ? null : parseAdvertise(named)?.host) ?? 'crosspoint';
}
