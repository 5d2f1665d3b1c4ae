import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError, messageOf } from '../../base/errors.ts';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { TypedDocuments } from '../../store/typed-documents.ts';
import type { Pin } from './pin.ts';
import { PinGuard } from './pin-guard.ts';

export interface PinBookParts {
  readonly store: TypedDocuments<Pin>;
  readonly sessionIsThere: (project: ProjectId, session: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PinWish {
  readonly project: ProjectId;
  readonly session: SessionId;
  /** Absent: a random one of `digits`. */
  readonly pin?: string;
  readonly digits: number;
  readonly expiresAt: number | null;
  readonly maxUses: number | null;
}

export type PinEntry =
  | { readonly kind: 'session'; readonly session: SessionId }
  | { readonly kind: 'wrong' }
  /** There were too many wrong ones; this one was not looked at. */
  | { readonly kind: 'locked' };

const MAX_PINS = 10_000;
/** Random ones leave so many unused for each that is: what is guessed is seldom one. */
const ROOM = 20;
const TRIES = 1_000;

/** The PINs that are in use; kept in the store. Those that are over are forgotten when they are seen. */
export class PinBook {
  readonly guard: PinGuard;
  readonly #parts: PinBookParts;
  /** By their digits. */
  readonly #pins = new Map<string, Pin>();

  constructor(parts: PinBookParts) {
    this.#parts = parts;
    this.guard = new PinGuard(parts.clock);
  }

  async start(): Promise<void> {
    for (const pin of await this.#parts.store.all()) this.#pins.set(pin.pin, pin);
    this.#sweep();
  }

  close(): void {}

  /** Newest last. */
  list(): readonly Pin[] {
    this.#sweep();
    return [...this.#pins.values()].sort((one, other) => one.createdAt - other.createdAt);
  }

  /** Most digits that a PIN of those projects has; null: there is none. */
  longest(projects: readonly ProjectId[] | null): number | null {
    const lengths = this.list().flatMap(pin =>
      projects === null || projects.includes(pin.project) ? pin.pin.length : [],
    );
    return lengths.length === 0 ? null : Math.max(...lengths);
  }

  /**
   * Resolves when it is stored.
   * @throws CrosspointError session.unknown, script.pin-taken, script.too-many-pins, store.…
   */
  async issue({ project, session, pin, digits, expiresAt, maxUses }: PinWish): Promise<Pin> {
    const { store, sessionIsThere, clock } = this.#parts;
    this.#sweep();
    if (!sessionIsThere(project, session))
      throw new CrosspointError('session.unknown', 'The project has no such session');
    if (this.#pins.size >= MAX_PINS)
      throw new CrosspointError('script.too-many-pins', `The box has its ${MAX_PINS} PINs already`);
    if (pin !== undefined && this.#pins.has(pin))
      throw new CrosspointError('script.pin-taken', 'Another PIN has these digits: choose others');
    const issued: Pin = {
      id: randomUUID(),
      createdAt: clock.now(),
      pin: pin ?? this.#random(digits),
      project,
      session,
      expiresAt,
      maxUses,
      uses: 0,
    };
    // Before it is stored, that nobody else is given it.
    this.#pins.set(issued.pin, issued);
    try {
      await store.save(issued);
    } catch (error) {
      this.#pins.delete(issued.pin);
      throw error;
    }
    return issued;
  }

  /** Whoever is in already stays. @throws CrosspointError script.pin-unknown */
  async end(id: string): Promise<void> {
    const pin = this.list().find(each => each.id === id);
    if (!pin) throw new CrosspointError('script.pin-unknown', 'There is no such PIN');
    this.#pins.delete(pin.pin);
    await this.#parts.store.delete(id);
  }

  /**
   * A caller has entered digits: where they lead, counted as a use.
   * @param projects whose PINs are asked for; null: anybody's
   * @param caller by whom wrong ones are counted
   */
  enter(digits: string, projects: readonly ProjectId[] | null, caller: string): PinEntry {
    if (this.guard.isLocked(caller)) return { kind: 'locked' };
    this.#sweep();
    const pin = this.#pins.get(digits);
    if (!pin || (projects !== null && !projects.includes(pin.project))) {
      this.guard.failed(caller);
      if (this.guard.boxIsLocked)
        this.#parts.log.warn('so many wrong PINs were entered that none is looked at for some minutes');
      return { kind: 'wrong' };
    }
    const used = { ...pin, uses: pin.uses + 1 };
    this.#pins.set(digits, used);
    this.#logged(this.#parts.store.save(used));
    return { kind: 'session', session: pin.session };
  }

  /** @throws CrosspointError script.too-many-pins */
  #random(digits: number): string {
    const taken = [...this.#pins.keys()].filter(({ length }) => length === digits).length;
    if (taken * ROOM < 10 ** digits)
      for (let tried = 0; tried < TRIES; tried++) {
        const pin = String(randomInt(10 ** digits)).padStart(digits, '0');
        if (!this.#pins.has(pin)) return pin;
      }
    throw new CrosspointError(
      'script.too-many-pins',
      `Too many of all PINs of ${digits} digits are in use to be safe: ask for more digits`,
    );
  }

  #sweep(): void {
    for (const pin of this.#pins.values()) {
      if (!this.#isOver(pin)) continue;
      this.#pins.delete(pin.pin);
      this.#logged(this.#parts.store.delete(pin.id));
    }
  }

  #isOver({ expiresAt, maxUses, uses, project, session }: Pin): boolean {
    if (expiresAt !== null && expiresAt <= this.#parts.clock.now()) return true;
    return (maxUses !== null && uses >= maxUses) || !this.#parts.sessionIsThere(project, session);
  }

  #logged(stored: Promise<void>): void {
    stored.catch(error => this.#parts.log.error({ problem: messageOf(error) }, 'a PIN could not be stored'));
  }
}
