import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { addressMatcher } from '../config/address.ts';
import type { Config } from '../config/schema.ts';
import { codecsNamed } from '../sdp/codecs-named.ts';
import type { SipUri } from '../sip/message/uri.ts';
import { defaultPort } from '../sip/resolver/locate.ts';
import type { Gatekeeper } from '../sip/transport/gatekeeper.ts';
import type { Source } from '../sip/transport/hop.ts';
import type { IncomingRequest } from '../sip/user-agent/incoming-request.ts';
import { plainHost } from './calling-policy.ts';
import type { Accounts } from './logins/accounts.ts';
import { TrunkGatekeeper } from './logins/trunk-gatekeeper.ts';
import { TrunkLogins } from './logins/trunk-logins.ts';
import { Trunk } from './trunk.ts';
import type { TrunkAgent } from './trunk-agent.ts';
import type { TrunksPort } from './trunk-port.ts';
import { TrunkRequests } from './trunk-requests.ts';
import type { TrunkView } from './trunk-view.ts';

export interface TrunksOptions {
  readonly config: Pick<Config, 'trunks' | 'sip' | 'media'>;
  /** Asked when there is something to send: the stack is made after the trunks, whose word it needs on who comes in. */
  readonly agent: () => TrunkAgent;
  /** Of tenants, who log in beside the trunks. */
  readonly accounts: Pick<Accounts, 'logins'>;
  readonly clock: Clock;
  readonly log: Log;
  /** State, targets or registration of a trunk are other ones than before; each is told once at the start. */
  readonly changed: (view: TrunkView) => void;
  /** 0 ≤ random < 1; for tests. */
  readonly random?: () => number;
}

/** The trunks of the configuration. */
export class Trunks implements TrunksPort {
  readonly gatekeeper: Gatekeeper;
  readonly logins: TrunkLogins;
  readonly #trunks: ReadonlyMap<string, Trunk>;
  readonly #byLogin: ReadonlyMap<string, Trunk>;
  readonly #byHost: ReadonlyMap<string, readonly (readonly [uri: SipUri, trunk: Trunk])[]>;
  /** Those that are known by their address alone. */
  readonly #bySource: readonly (readonly [isSource: (address: string) => boolean, trunk: Trunk])[];
  readonly #isSource: (address: string) => boolean;
  readonly #requests: TrunkRequests;

  constructor({ config, agent, accounts, clock, log, changed, random = Math.random }: TrunksOptions) {
    const codecs = codecsNamed(config.media.codecs);
    const parts = { agent, clock, log, random, codecs, changed: (trunk: Trunk) => changed(trunk.view) };
    const trunks = config.trunks.map(each => new Trunk(each, parts));
    const unproven = trunks.filter(({ config: { login, sources } }) => login === undefined && sources.length > 0);
    this.#trunks = new Map(trunks.map(trunk => [trunk.name, trunk]));
    this.#byLogin = new Map(
      trunks.flatMap(trunk => (trunk.config.login ? [[trunk.config.login.username, trunk] as const] : [])),
    );
    this.#byHost = byHost(trunks);
    this.#bySource = unproven.map(trunk => [addressMatcher(trunk.config.sources), trunk]);
    this.#isSource = addressMatcher(unproven.flatMap(trunk => trunk.config.sources));
    this.logins = new TrunkLogins(config, clock, accounts);
    this.gatekeeper = new TrunkGatekeeper(this.logins, config.sip.strangers);
    const forIncoming = (source: Source, user: string | null) => this.forIncoming(source, user);
    this.#requests = new TrunkRequests({ logins: this.logins, forIncoming, clock, log });
  }

  /** Registers and asks; waits for nobody. */
  start(): void {
    for (const trunk of this.#trunks.values()) trunk.start();
  }

  /** Takes leave of all registrars at the same time, within two seconds; before the stack is closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#trunks.values()].map(trunk => trunk.close()));
  }

  byName(name: string): Trunk | null {
    return this.#trunks.get(name) ?? null;
  }

  forIncoming(source: Source, user: string | null): Trunk | null {
    if (user !== null) return this.#byLogin.get(user) ?? null;
    if (!this.#isSource(source.address)) return null;
    return this.#bySource.find(([isSource]) => isSource(source.address))?.[1] ?? null;
  }

  /** The trunk that has that host and port among its targets, or whose name stands in place of the host. */
  forTarget(uri: SipUri): Trunk | null {
    const known = this.#byHost.get(hostOf(uri))?.find(([target]) => isSamePort(target, uri));
    return known?.[1] ?? (uri.port === null ? this.byName(hostOf(uri)) : null);
  }

  /** Of those at the host, the first one with rules of its own. */
  besideTarget({ host }: SipUri): Trunk | null {
    const beside = [...this.#trunks.values()].filter(trunk => trunk.isAt(host));
    return beside.find(({ config }) => config.policy !== undefined) ?? beside[0] ?? null;
  }

  /** Whether a source is a trunk by its address alone; the others have to show a login. */
  isTrusted(source: Source): boolean {
    return this.#isSource(source.address);
  }

  /** REGISTER, MESSAGE and their like, outside of dialogs: the user agent's `onRequest`. */
  readonly takeRequest = (incoming: IncomingRequest): void => this.#requests.take(incoming);

  get(name: string): TrunkView | null {
    return this.byName(name)?.view ?? null;
  }

  list(): readonly TrunkView[] {
    return [...this.#trunks.values()].map(trunk => trunk.view);
  }
}

function byHost(trunks: readonly Trunk[]): Map<string, (readonly [SipUri, Trunk])[]> {
  const found = new Map<string, (readonly [SipUri, Trunk])[]>();
  for (const trunk of trunks) {
    for (const uri of trunk.namedUris) found.set(hostOf(uri), [...(found.get(hostOf(uri)) ?? []), [uri, trunk]]);
  }
  return found;
}

function hostOf({ host }: SipUri): string {
  return plainHost(host);
}

/** A port that is left out is DNS's to say (RFC 3263 §4.2) in both, else the usual one. */
function isSamePort(target: SipUri, uri: SipUri): boolean {
  return (target.port === null && uri.port === null) || portOf(target) === portOf(uri);
}

function portOf({ scheme, port, params }: SipUri): number {
  const isTls = scheme === 'sips' || params.get('transport')?.toLowerCase() === 'tls';
  return port ?? defaultPort(isTls ? 'tls' : 'udp');
}
