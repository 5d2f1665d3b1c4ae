/**
 * getaddrinfo occupies a thread of libuv's pool, which files and cryptography need too: where no name server answers,
 * four look-ups of ten seconds each would stop the process. Two of its four threads may wait for names.
 */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 128;

/** Lets a few of many through at a time, in the order of arrival. */
export class LookupGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws Error when too many wait already; what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < MAX_AT_ONCE) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      // The place is handed on, not freed and taken again.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) throw new Error('too many names are being looked up');
    return new Promise(admitted => {
      this.#waiting.push(admitted);
    });
  }
}
