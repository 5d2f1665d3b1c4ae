import type { Clock, Timer } from '../../base/clock.ts';
import { formatHostPort } from '../../sip/message/host-port.ts';
import { formatUri, type SipUri } from '../../sip/message/uri.ts';
import { plainHost } from '../calling-policy.ts';
import type { MediaSecurity } from '../forward-target.ts';
import { ourHost, type TrunkAgent } from '../trunk-agent.ts';
import type { TrunkTarget } from '../trunk-port.ts';
import type { Health, TargetView } from '../trunk-view.ts';
import { afterCheck, afterFailedCall, type TargetHealth, unknownHealth } from './target-health.ts';

export interface TargetWatch {
  readonly agent: () => TrunkAgent;
  readonly clock: Clock;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
  /** From one OPTIONS to the next; 0: none is sent. */
  readonly everyMs: number;
  /** Its state is another one than before. */
  readonly changed: (target: WatchedTarget, before: Health) => void;
}

export interface TargetParts {
  /** For people. */
  readonly name: string;
  readonly uri: SipUri;
  readonly requestUri: SipUri;
  readonly timeoutMs: number;
  readonly media: MediaSecurity | null;
}

/** Trunks that start together do not ask together. */
const FIRST_MS = 1_000;
/** A target that did not answer is asked again soon: whether it is down is known in seconds, and whether it is back. */
const AGAIN_MS = 10_000;
/** Where nobody asks, a call after this long finds out. */
const REST_MS = 30_000;

/** One place where calls of a trunk go, asked by OPTIONS whether it is well: one question at a time. */
export class WatchedTarget implements TrunkTarget {
  readonly name: string;
  readonly uri: SipUri;
  readonly requestUri: SipUri;
  readonly timeoutMs: number;
  readonly media: MediaSecurity | null;
  readonly #watch: TargetWatch;
  #health: TargetHealth;
  #timer: Timer | null = null;
  #heardFrom: string | null = null;
  #asking = false;
  #closed = false;

  constructor({ name, uri, requestUri, timeoutMs, media }: TargetParts, watch: TargetWatch) {
    this.name = name;
    this.uri = uri;
    this.requestUri = requestUri;
    this.timeoutMs = timeoutMs;
    this.media = media;
    this.#watch = watch;
    this.#health = unknownHealth(watch.clock.now());
  }

  start(): void {
    const { everyMs, random } = this.#watch;
    if (everyMs > 0) this.#askIn(random() * Math.min(everyMs, FIRST_MS));
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
    this.#timer = null;
  }

  get isWell(): boolean {
    return this.#health.state !== 'down';
  }

  /** It is that host, or was last heard from that address. */
  isAt(plain: string): boolean {
    return plainHost(this.uri.host) === plain || this.#heardFrom === plain;
  }

  get view(): TargetView {
    const { state, since, reason, roundTripMs } = this.#health;
    return { target: this.name, state, since, reason, roundTripMs };
  }

  /** A call found nobody there. */
  failed(): void {
    const { clock, everyMs } = this.#watch;
    if (this.#closed) return;
    this.#become(afterFailedCall(this.#health, clock.now()));
    if (this.#asking) return;
    this.#timer?.stop();
    if (everyMs > 0) this.#askIn(Math.min(everyMs, AGAIN_MS));
    else this.#timer = clock.after(REST_MS, () => this.#become(unknownHealth(clock.now())));
  }

  #askIn(ms: number): void {
    this.#timer = this.#watch.clock.after(ms, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const { agent, clock, everyMs, random } = this.#watch;
    this.#asking = true;
    const uri = formatUri({ ...this.requestUri, user: null, password: null, headers: null });
    const host = formatHostPort(ourHost(agent().listening, this.uri), null);
    const outcome = await agent().request({
      method: 'OPTIONS',
      target: this.uri,
      requestUri: uri,
      from: { uri: `sip:crosspoint@${host}` },
      to: uri,
      headers: [],
      contact: true,
      timeoutMs: this.timeoutMs,
    });
    this.#asking = false;
    if (this.#closed) return;
    if (outcome.kind === 'response') this.#heardFrom = plainHost(outcome.hop.address);
    this.#become(afterCheck(this.#health, outcome, clock.now()));
    const restMs = this.#health.misses > 0 ? Math.min(everyMs, AGAIN_MS) : everyMs;
    this.#askIn(restMs * (0.9 + 0.2 * random()));
  }

  #become(health: TargetHealth): void {
    const before = this.#health.state;
    this.#health = health;
    if (before !== health.state) this.#watch.changed(this, before);
  }
}
