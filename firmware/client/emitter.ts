import { logError } from './log.ts';

type AnyHandler = (event: never) => void;

interface Registration {
  readonly handler: AnyHandler;
  readonly context: object | undefined;
  readonly once: boolean;
}

type Handlers<Events> = { [Name in keyof Events]?: (event: Events[Name]) => void };

/**
 * Events as OpenTok.js has them: several names with spaces between, an object of handlers, a context that is `this` in the
 * handler, and `off` by any of name, handler and context. A handler that throws keeps no other from being called.
 */
export class Emitter<Events> {
  readonly #registrations = new Map<string, Registration[]>();

  on(names: string | Handlers<Events>, handler?: AnyHandler | object, context?: object): this {
    return this.#add(names, handler, context, false);
  }

  once(names: string | Handlers<Events>, handler?: AnyHandler | object, context?: object): this {
    return this.#add(names, handler, context, true);
  }

  off(names?: string | Handlers<Events>, handler?: AnyHandler | object, context?: object): this {
    if (names === undefined) {
      this.#registrations.clear();
      this.listenersChanged();
      return this;
    }
    for (const [name, each, itsContext] of entriesOf(names, handler, context)) {
      const left = (this.#registrations.get(name) ?? []).filter(
        one => (each && one.handler !== each) || (itsContext && one.context !== itsContext),
      );
      if (left.length > 0) this.#registrations.set(name, left);
      else this.#registrations.delete(name);
    }
    this.listenersChanged();
    return this;
  }

  /** Calls the handlers of one name, in the order in which they were registered. */
  protected emit(name: string, event: unknown): void {
    for (const registration of [...(this.#registrations.get(name) ?? [])]) {
      if (registration.once) this.#remove(name, registration);
      try {
        (registration.handler as (event: unknown) => void).call(registration.context, event);
      } catch (error) {
        logError(`a handler of ${name} failed`, error);
      }
    }
  }

  protected hasListener(name: string): boolean {
    return this.#registrations.has(name);
  }

  /** For who does something only while somebody listens. */
  protected listenersChanged(): void {}

  #add(
    names: string | Handlers<Events>,
    handler: AnyHandler | object | undefined,
    context: object | undefined,
    once: boolean,
  ): this {
    for (const [name, each, itsContext] of entriesOf(names, handler, context)) {
      if (typeof each !== 'function') throw new TypeError(`The handler of ${name} is no function`);
      this.#registrations.set(name, [
        ...(this.#registrations.get(name) ?? []),
        { handler: each, context: itsContext, once },
      ]);
    }
    this.listenersChanged();
    return this;
  }

  #remove(name: string, registration: Registration): void {
    const left = (this.#registrations.get(name) ?? []).filter(each => each !== registration);
    if (left.length > 0) this.#registrations.set(name, left);
    else this.#registrations.delete(name);
    this.listenersChanged();
  }
}

type Entry = [name: string, handler: AnyHandler | undefined, context: object | undefined];

/** With an object of handlers, the second argument is the context. */
function entriesOf<Events>(
  names: string | Handlers<Events>,
  handler: AnyHandler | object | undefined,
  context: object | undefined,
): Entry[] {
  if (typeof names === 'string')
    return names
      .split(/\s+/)
      .filter(Boolean)
      .map(name => [name, handler as AnyHandler | undefined, context]);
  return Object.entries(names).map(([name, each]) => [name, each as AnyHandler, handler ?? context]);
}
