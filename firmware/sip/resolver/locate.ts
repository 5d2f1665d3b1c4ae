import { isIP } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import type { TransportName } from '../transport/hop.ts';
import type { NameService, SrvRecord } from './name-service.ts';
import { naptrChoice, type SrvQuestion } from './naptr-choice.ts';
import { srvOrder } from './srv-order.ts';

/** What a URI asks for, as far as it says. */
export interface Wanted {
  readonly name: string;
  /** Null: not said; the domain may choose. */
  readonly transport: TransportName | null;
  readonly port: number | null;
  /** sips: nothing but TLS will do. */
  readonly secure: boolean;
}

/** One address at which the domain may be reached. */
export interface Place {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly names: NameService;
  /** From 0 to 1, 1 excluded: the lots of RFC 2782. */
  random(): number;
  /** Whether there is a listener of that transport. */
  speaks(transport: TransportName): boolean;
}

/** Of the hosts that an SRV answer names, as many are looked up; the rest is further away than anybody waits. */
const MAX_SRV_TARGETS = 16;
/** One host that cannot be looked up must not use up the time of the others. */
const ADDRESSES_MS = 3_000;

const DEFAULT_PORT: Readonly<Record<TransportName, number>> = { udp: 5060, tcp: 5060, tls: 5061 };
const SRV_PREFIX: Readonly<Record<TransportName, string>> = {
  udp: '_sip._udp.',
  tcp: '_sip._tcp.',
  tls: '_sips._tcp.',
};

export function defaultPort(transport: TransportName): number {
  return DEFAULT_PORT[transport];
}

/**
 * RFC 3263 §4.1 and §4.2 for a name: the places to try, best first.
 *
 *     port given ───────────────────────────────▶ A/AAAA
 *     transport given ─▶ SRV of it ─── none ────▶ A/AAAA, default port
 *     neither ─▶ NAPTR ─▶ SRV ─┐
 *                  └─ none ─▶ SRV of each ─ none ▶ A/AAAA, default port
 *
 * A name of the hosts file is not asked about at all: it has no SRV there. Nor has a name without a dot.
 * @throws Error that says why nothing was found
 */
export async function locate(wanted: Wanted, around: Surroundings): Promise<Place[]> {
  const { name, port } = wanted;
  const transport = wanted.transport ?? (wanted.secure ? 'tls' : 'udp');
  const direct = { transport, port: port ?? DEFAULT_PORT[transport] };
  const pinned = await around.names.pinned(name);
  if (pinned.length > 0) return pinned.map(address => ({ ...direct, address }));
  if (port === null && name.includes('.')) {
    const places = wanted.transport
      ? await servicePlaces([{ transport, name: SRV_PREFIX[transport] + name }], around)
      : await chosenPlaces(wanted, around);
    if (places) return places;
  }
  const addresses = await addressesOf(name, around);
  return addresses.map(address => ({ ...direct, address }));
}

/** The transport is the domain's choice. Null: it has published nothing. */
async function chosenPlaces({ name, secure }: Wanted, around: Surroundings): Promise<Place[] | null> {
  const usable = (transport: TransportName) => around.speaks(transport) && (!secure || transport === 'tls');
  const ask = (transport: TransportName) => ({ transport, name: SRV_PREFIX[transport] + name });
  const open: TransportName[] = secure ? [] : ['udp', 'tcp'];
  // At once with NAPTR, which few domains publish: where no name server answers, one wait is enough.
  const guessed = servicePlaces(open.filter(usable).map(ask), around);
  const guessedTls = servicePlaces((['tls'] as const).filter(usable).map(ask), around);
  // Either may fail while NAPTR is waited for.
  guessed.catch(() => {});
  guessedTls.catch(() => {});
  const questions = naptrChoice(await orNothing(around.names.naptr(name)), usable);
  const published = questions.length > 0 ? await servicePlaces(questions, around) : null;
  if (published) return published;
  if (secure) return await guessedTls;
  // §4.1: _sips is the service of sips: URIs. To a sip: URI it is better than no service, but its "no" says nothing.
  return (await guessed) ?? (await guessedTls.catch(() => null));
}

/** Null when none of the questions has an answer. @throws when the domain says that there is no such service */
async function servicePlaces(questions: readonly SrvQuestion[], around: Surroundings): Promise<Place[] | null> {
  const answers = await Promise.all(questions.map(({ name }) => orNothing(around.names.srv(name))));
  if (answers.every(records => records.length === 0)) return null;
  const services = questions.flatMap(({ transport }, at) =>
    srvOrder((answers[at] ?? []).filter(isOffered), around.random).map(record => ({ ...record, transport })),
  );
  // RFC 2782: a lone "." is a clear no, not a gap to be filled by A records.
  if (services.length === 0) throw new Error('it says that it offers no such service');
  const some = services.slice(0, MAX_SRV_TARGETS);
  const found = await Promise.allSettled(some.map(({ target }) => addressesOf(target, around)));
  const places = some.flatMap(({ transport, port }, at) => {
    const addresses = found[at];
    return addresses?.status === 'fulfilled' ? addresses.value.map(address => ({ transport, address, port })) : [];
  });
  if (places.length === 0) throw new Error('none of the hosts of its service has an address');
  return places;
}

function isOffered({ target, port }: SrvRecord): boolean {
  return target !== '' && target !== '.' && port > 0;
}

async function addressesOf(name: string, { clock, names }: Surroundings): Promise<readonly string[]> {
  // Some domains write an address where SRV wants a name.
  if (isIP(name)) return [name];
  let timer: Timer | undefined;
  const tooLate = new Promise<never>((_, late) => {
    timer = clock.after(ADDRESSES_MS, () => late(new Error('the name server does not answer')));
  });
  try {
    return await Promise.race([names.addresses(name), tooLate]);
  } finally {
    timer?.stop();
  }
}

/** A name server that cannot say whether there is a service is treated as one that says no: the address may do. */
async function orNothing<T>(records: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await records;
  } catch {
    return [];
  }
}
