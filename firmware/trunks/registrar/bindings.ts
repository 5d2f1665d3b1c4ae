import type { Clock, Timer } from '../../base/clock.ts';
import type { WatchedTarget } from '../health/watched-target.ts';
import { MAX_CONTACTS, type WantedContact } from './register-contacts.ts';

/** One Contact with which the peer registered. */
export interface Binding {
  readonly key: string;
  readonly callId: string;
  readonly cseq: number;
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
  /** Where its calls go. */
  readonly target: WatchedTarget;
}

export interface BindingChange {
  readonly callId: string;
  readonly cseq: number;
  /** Null: all that there are. */
  readonly contacts: readonly WantedContact[] | null;
  /** A target for a Contact that is new, or comes from somewhere else; null when `before` still leads there. */
  readonly targetOf: (contact: WantedContact, before: WatchedTarget | null) => WatchedTarget | null;
}

/** Where the peer of one trunk is, as it said by REGISTER (RFC 3261 §10.3). Each binding ends by its own timer. */
export class Bindings {
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** By the text of the Contact; the one refreshed last at the end. */
  readonly #bindings = new Map<string, Binding>();
  readonly #timers = new Map<string, Timer>();

  /** @param changed contacts came or went */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  close(): void {
    for (const key of [...this.#bindings.keys()]) this.#remove(key);
  }

  /** The newest first: the contacts of a peer that moved are worth nothing. */
  get current(): readonly Binding[] {
    return [...this.#bindings.values()].reverse();
  }

  /**
   * All of a change, or nothing of it. When there are too many contacts, the one refreshed longest ago makes way: a
   * peer that restarts with another port each time must not lock itself out.
   * @returns false, with nothing changed, when a later request of the same Call-ID was here before (§10.3 step 7)
   */
  update({ callId, cseq, contacts, targetOf }: BindingChange): boolean {
    const keys = contacts === null ? [...this.#bindings.keys()] : contacts.map(({ key }) => key);
    const isOld = (key: string) => {
      const known = this.#bindings.get(key);
      return known !== undefined && known.callId === callId && known.cseq >= cseq;
    };
    if (keys.some(isOld)) return false;
    const before = new Set([...this.#bindings.values()].map(({ target }) => target));
    if (contacts === null) this.close();
    for (const contact of contacts ?? []) {
      if (contact.expiresS === 0) this.#remove(contact.key);
      else this.#keep(contact, callId, cseq, targetOf);
    }
    const now = [...this.#bindings.values()].map(({ target }) => target);
    if (now.length !== before.size || now.some(target => !before.has(target))) this.#changed();
    return true;
  }

  #keep(contact: WantedContact, callId: string, cseq: number, targetOf: BindingChange['targetOf']): void {
    const { key, expiresS } = contact;
    const known = this.#bindings.get(key)?.target ?? null;
    const fresh = targetOf(contact, known);
    const target = fresh ?? known;
    if (!target) return;
    if (fresh) known?.close();
    this.#timers.get(key)?.stop();
    this.#bindings.delete(key);
    const [oldest] = this.#bindings.keys();
    if (this.#bindings.size >= MAX_CONTACTS && oldest !== undefined) this.#remove(oldest);
    const expiresAt = this.#clock.monotonic() + expiresS * 1000;
    this.#bindings.set(key, { key, callId, cseq, expiresAt, target });
    const expired = () => {
      this.#remove(key);
      this.#changed();
    };
    this.#timers.set(key, this.#clock.after(expiresS * 1000, expired));
    fresh?.start();
  }

  #remove(key: string): void {
    this.#bindings.get(key)?.target.close();
    this.#bindings.delete(key);
    this.#timers.get(key)?.stop();
    this.#timers.delete(key);
  }
}
