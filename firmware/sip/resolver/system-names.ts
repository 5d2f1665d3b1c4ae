import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { Found, NameSource } from './cached-names.ts';
import { addressesInHosts } from './hosts-file.ts';
import { LookupGate } from './lookup-gate.ts';
import type { NaptrRecord, SrvRecord } from './name-service.ts';

/** Where there is no name server the question is sent in vain: one second is far more than a live one needs. */
const ONE_TRY = { timeout: 1_000, tries: 1 };
/** An A record may be worth a second try: without one there is no call. */
const TWO_TRIES = { timeout: 1_000, tries: 2 };

/** The answers that say "nothing of that kind here"; everything else says "not to be known now". */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA']);

export interface SystemNamesOptions {
  /** IP addresses of name servers, `address:port` or `[v6]:port` for other ports than 53; empty: those of the system. */
  readonly servers: readonly string[];
  readonly hostsFile: string;
}

/**
 * The name system as this machine sees it. SRV and NAPTR are asked of the name servers; addresses too when servers
 * were given, else of getaddrinfo, which knows search domains, mDNS and whatever nsswitch.conf says.
 */
export class SystemNames implements NameSource {
  readonly #options: SystemNamesOptions;
  readonly #gate = new LookupGate();
  readonly #asking = new Set<Resolver>();

  constructor(options: SystemNamesOptions) {
    this.#options = options;
  }

  /** Questions under way are given up, and are answered by a rejection. */
  close(): void {
    for (const resolver of this.#asking) resolver.cancel();
  }

  naptr(name: string): Promise<Found<NaptrRecord>> {
    return this.#ask(ONE_TRY, async resolver => untimed(await resolver.resolveNaptr(name)));
  }

  srv(name: string): Promise<Found<SrvRecord>> {
    return this.#ask(ONE_TRY, async resolver => {
      const records = await resolver.resolveSrv(name);
      return untimed(records.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight })));
    });
  }

  async addresses(name: string): Promise<Found<string>> {
    if (this.#options.servers.length === 0) return await this.#systemAddresses(name);
    const answers = await Promise.allSettled([
      this.#ask(TWO_TRIES, async resolver => timed(await resolver.resolve4(name, { ttl: true }))),
      this.#ask(TWO_TRIES, async resolver => timed(await resolver.resolve6(name, { ttl: true }))),
    ]);
    const found = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
    const records = found.flatMap(answer => answer.records);
    const failed = answers.find(answer => answer.status === 'rejected');
    // One family is enough; but "no IPv6" does not make an IPv4 time-out a "no address".
    if (records.length === 0 && failed) throw failed.reason;
    return { records, ttlS: shortest(found.map(answer => answer.ttlS)) };
  }

  async pinned(name: string): Promise<Found<string>> {
    try {
      const text = await readFile(this.#options.hostsFile, 'utf8');
      return untimed(addressesInHosts(text, name));
    } catch {
      // Containers have none, or one that may not be read.
      return untimed([]);
    }
  }

  async #systemAddresses(name: string): Promise<Found<string>> {
    const work = async () => untimed((await lookup(name, { all: true })).map(({ address }) => address));
    return await this.#gate.run(() => orNothing(work));
  }

  /** A resolver for each question: it reads the system's servers when it is made, and DHCP may change them. */
  async #ask<T>(options: typeof ONE_TRY, question: (resolver: Resolver) => Promise<Found<T>>): Promise<Found<T>> {
    const resolver = new Resolver(options);
    if (this.#options.servers.length > 0) resolver.setServers(this.#options.servers);
    this.#asking.add(resolver);
    try {
      return await orNothing(() => question(resolver));
    } finally {
      this.#asking.delete(resolver);
    }
  }
}

async function orNothing<T>(ask: () => Promise<Found<T>>): Promise<Found<T>> {
  try {
    return await ask();
  } catch (error) {
    if (NOTHING.has((error as NodeJS.ErrnoException).code ?? '')) return untimed([]);
    throw error;
  }
}

/** node:dns tells no TTL of SRV and NAPTR, and getaddrinfo knows none. */
function untimed<T>(records: readonly T[]): Found<T> {
  return { records, ttlS: null };
}

function timed(records: readonly { address: string; ttl: number }[]): Found<string> {
  return { records: records.map(({ address }) => address), ttlS: shortest(records.map(({ ttl }) => ttl)) };
}

function shortest(ttls: readonly (number | null)[]): number | null {
  const known = ttls.filter(ttl => ttl !== null);
  return known.length > 0 ? Math.min(...known) : null;
}
