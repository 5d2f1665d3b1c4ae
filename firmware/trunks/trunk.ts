import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { SideTerms } from '../calls/side-terms.ts';
import { addressMatcher } from '../config/address.ts';
import type { TrunkConfig } from '../config/trunk-schema.ts';
import { formatUri, type SipUri } from '../sip/message/uri.ts';
import type { Source } from '../sip/transport/hop.ts';
import { CallRate } from './call-rate.ts';
import { plainHost } from './calling-policy.ts';
import { DEFAULT_TIMEOUT_MS, type ForwardTarget, parseForwardTarget } from './forward-target.ts';
import { type TargetWatch, WatchedTarget } from './health/watched-target.ts';
import { refusal } from './refusal.ts';
import { Bindings } from './registrar/bindings.ts';
import { receivedUri } from './registrar/received-uri.ts';
import type { WantedContact } from './registrar/register-contacts.ts';
import { Registration } from './registration/registration.ts';
import { registrationOf } from './registration/registration-of.ts';
import { termsOf } from './side-terms-of.ts';
import { orderTargets } from './target-order.ts';
import { ourHost, type TrunkAgent } from './trunk-agent.ts';
import type { Admitted, TrunkPort, TrunkTarget } from './trunk-port.ts';
import { type Health, type TrunkView, verdictOf } from './trunk-view.ts';

export interface TrunkParts {
  readonly agent: () => TrunkAgent;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
  /** For a trunk without a list of its own. */
  readonly codecs?: readonly AudioCodec[];
  /** Its view is another one than before, calls and round trips aside. */
  readonly changed: (trunk: Trunk) => void;
}

type RegisteredTarget = Extract<ForwardTarget, { kind: 'registered' }>;

/** One SIP peer of the configuration: where it is, whether it is well, and how many calls it has. */
export class Trunk implements TrunkPort {
  readonly name: string;
  readonly config: TrunkConfig;
  readonly terms: SideTerms;
  /** Where the peer said that it is; null of one that may not REGISTER. */
  readonly bindings: Bindings | null;
  readonly #parts: TrunkParts;
  readonly #watch: TargetWatch;
  readonly #slots: readonly (WatchedTarget | RegisteredTarget)[];
  readonly #registration: Registration | null;
  readonly #rate: CallRate;
  readonly #calls = { in: 0, out: 0 };
  readonly #refused = new Map<string, number>();
  /** Made when it is first asked. */
  #isSource: ((address: string) => boolean) | null = null;
  #state: Health = 'unknown';
  #since: number;
  #turn = 0;

  constructor(config: TrunkConfig, parts: TrunkParts) {
    const { clock, agent, random } = parts;
    this.name = config.name;
    this.config = config;
    this.terms = termsOf(config, parts.codecs);
    this.#parts = parts;
    this.#since = clock.now();
    this.#rate = new CallRate(clock, config.limits);
    this.#watch = {
      agent,
      clock,
      random,
      everyMs: config.optionsSeconds * 1000,
      changed: (target, before) => this.#targetChanged(target, before),
    };
    this.#slots = config.targets.flatMap(text => this.#slotOf(text));
    this.bindings = config.registrations ? new Bindings(clock, () => this.#review()) : null;
    const wanted = registrationOf(config);
    this.#registration =
      wanted && new Registration({ ...wanted, ...parts, trunk: config.name, changed: () => this.#review() });
  }

  start(): void {
    for (const slot of this.#slots) if (slot instanceof WatchedTarget) slot.start();
    this.#registration?.start();
    this.#review();
  }

  /** Takes leave of the registrar, within two seconds. */
  async close(): Promise<void> {
    for (const slot of this.#slots) if (slot instanceof WatchedTarget) slot.close();
    this.bindings?.close();
    await this.#registration?.close();
  }

  get domain(): string {
    const [first] = this.#targets();
    return ourHost(this.#parts.agent().listening, first?.uri ?? null);
  }

  orderedTargets(): readonly WatchedTarget[] {
    return orderTargets(this.#targets(), this.config.balance, this.#turn++, ({ isWell }) => isWell);
  }

  /** The URIs that the configuration names, by which a dialled address is known to be this trunk's. */
  get namedUris(): readonly SipUri[] {
    return this.#slots.flatMap(slot => (slot instanceof WatchedTarget ? [slot.requestUri] : []));
  }

  /** A target is at that host, by whatever port; or calls of the peer come from that address. */
  isAt(host: string): boolean {
    const plain = plainHost(host);
    if (this.#targets().some(target => target.isAt(plain))) return true;
    this.#isSource ??= addressMatcher(this.config.sources);
    return this.#isSource(plain);
  }

  targetFailed(target: TrunkTarget): void {
    this.#targets()
      .find(each => each === target)
      ?.failed();
  }

  admit(direction: 'in'): Admitted {
    this.refuseIfFull();
    return this.begin(direction);
  }

  /** @throws CrosspointError trunk.too-many-calls, trunk.too-many-calls-per-second */
  refuseIfFull(): void {
    const { full } = this.#rate;
    if (full === null) return;
    const { calls, callsPerSecond } = this.config.limits;
    throw full === 'calls'
      ? refusal('trunk.too-many-calls', `The trunk ${this.name} has its ${calls} calls already`, { retriable: true })
      : refusal(
          'trunk.too-many-calls-per-second',
          `The trunk ${this.name} takes ${callsPerSecond} new calls a second, and there were as many`,
          { retriable: true },
        );
  }

  /** Counts a call that nobody refuses any more. */
  begin(direction: 'in' | 'out'): Admitted {
    const end = this.#rate.begin();
    this.#calls[direction] += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.#calls[direction] -= 1;
      end();
    };
    return { release };
  }

  countRefusal(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** A target for a Contact of a REGISTER that came from there; null when `before` leads there already. */
  targetFrom(contact: WantedContact, source: Source, before: WatchedTarget | null): WatchedTarget | null {
    const { uri: requestUri, key: name } = contact;
    const uri = receivedUri(requestUri, source);
    if (before && formatUri(before.uri) === formatUri(uri)) return null;
    const { timeoutMs, media } = this.#slots.find(isRegistered) ?? UNUSED;
    return new WatchedTarget({ name, uri, requestUri, timeoutMs, media }, this.#watch);
  }

  get view(): TrunkView {
    const targets = this.#views();
    const registration = this.#registration?.view ?? null;
    return {
      name: this.name,
      state: this.#state,
      since: this.#since,
      reason: this.#verdict().reason,
      targets,
      registration,
      calls: { ...this.#calls },
      refused: Object.fromEntries(this.#refused),
    };
  }

  #slotOf(text: string): (WatchedTarget | RegisteredTarget)[] {
    const target = parseForwardTarget(text);
    if (target.kind === 'registered') return [target];
    if (target.kind === 'trunk') return [];
    const { uri, timeoutMs, media } = target;
    return [new WatchedTarget({ name: target.requestUri, uri, requestUri: uri, timeoutMs, media }, this.#watch)];
  }

  #targets(): readonly WatchedTarget[] {
    return this.#slots.flatMap(slot => (slot instanceof WatchedTarget ? [slot] : this.#registered()));
  }

  #registered(): WatchedTarget[] {
    return this.bindings?.current.map(({ target }) => target) ?? [];
  }

  #views() {
    return this.#targets().map(({ view }) => view);
  }

  #verdict() {
    const expectsPeer = this.#slots.some(isRegistered);
    const targets = this.#views();
    if (expectsPeer && targets.length === 0) return { state: 'down', reason: 'the peer has not registered' } as const;
    return verdictOf(targets, this.#registration?.view ?? null);
  }

  #targetChanged(target: WatchedTarget, before: Health): void {
    const { log } = this.#parts;
    const { state, reason } = target.view;
    if (state === 'down') log.warn({ trunk: this.name, target: target.name, reason }, 'a target of a trunk is down');
    else if (state === 'up') log.info({ trunk: this.name, target: target.name }, 'a target of a trunk is up');
    this.#review();
    // It may have been restarted, and have forgotten us.
    if (before === 'down' && state === 'up') this.#registration?.again();
  }

  #review(): void {
    const { state } = this.#verdict();
    if (state !== this.#state) this.#since = this.#parts.clock.now();
    this.#state = state;
    this.#parts.changed(this);
  }
}

/** Of a peer that registers while no target is "registered": it is asked how it is, as all are. */
const UNUSED = { timeoutMs: DEFAULT_TIMEOUT_MS, media: null } as const;

function isRegistered(slot: WatchedTarget | RegisteredTarget): slot is RegisteredTarget {
  return !(slot instanceof WatchedTarget);
}
