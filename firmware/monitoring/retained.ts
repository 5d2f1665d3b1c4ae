import type { Clock, Timer } from '../base/clock.ts';
import type { MqttIncoming, MqttLink, MqttPacket } from './mqtt-link.ts';

/** How long a broker has for telling what it has kept of another time. */
const SWEEP_MS = 5_000;
/** Topics that were cleared while there was no broker; of more, the sweep finds what a broker has kept. */
const MAX_CLEARED = 10_000;

/**
 * What the broker is to keep for who comes later: told when it changes, and all of it to every broker that comes.
 *
 * A broker outlives us, and what it has kept of a process that was killed nobody else would ever clear: after each
 * connection it is asked for what it has on the topics that come and go, and what is no longer is cleared.
 */
export class Retained {
  readonly #clock: Clock;
  /** Topics that come and go. */
  readonly #filters: readonly string[];
  readonly #kept = new Map<string, MqttPacket>();
  readonly #cleared = new Set<string>();
  #link: MqttLink | null = null;
  #sweep: Timer | null = null;

  constructor(clock: Clock, filters: readonly string[]) {
    this.#clock = clock;
    this.#filters = filters;
  }

  set(topic: string, payload: string): void {
    const packet: MqttPacket = { topic, payload, qos: 1, retain: true };
    this.#kept.set(topic, packet);
    this.#cleared.delete(topic);
    this.#link?.publish(packet, () => {});
  }

  /** @param always also what was not set here: a former process may have set it */
  clear(topic: string, always = false): void {
    if (!this.#kept.delete(topic) && !always) return;
    if (this.#link) this.#publishEmpty(this.#link, topic);
    else if (this.#cleared.size < MAX_CLEARED) this.#cleared.add(topic);
  }

  /** A broker has let us in. */
  up(link: MqttLink): void {
    this.#link = link;
    for (const packet of this.#kept.values()) link.publish(packet, () => {});
    for (const topic of this.#cleared) this.#publishEmpty(link, topic);
    this.#cleared.clear();
    if (this.#filters.length === 0) return;
    // A broker that does not let us look keeps what it has.
    link.subscribe(this.#filters, () => {});
    this.#sweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweep = null;
      link.unsubscribe(this.#filters);
    });
  }

  down(): void {
    this.#sweep?.stop();
    this.#sweep = null;
    this.#link = null;
  }

  /** @returns whether it was of that kind */
  take({ topic, payload, retain }: MqttIncoming): boolean {
    if (!this.#filters.some(filter => matches(filter, topic))) return false;
    if (retain && payload.length > 0 && !this.#kept.has(topic) && this.#link) this.#publishEmpty(this.#link, topic);
    return true;
  }

  #publishEmpty(link: MqttLink, topic: string): void {
    link.publish({ topic, payload: '', qos: 1, retain: true }, () => {});
  }
}

/** Whether a topic is one of a filter's that has no other wildcard than `+` (MQTT 3.1.1 §4.7). */
export function matches(filter: string, topic: string): boolean {
  const [wanted, given] = [filter.split('/'), topic.split('/')];
  return wanted.length === given.length && wanted.every((level, at) => level === '+' || level === given[at]);
}
