/** So many at once of all; those that wait get their turn kind by kind, so that who wants much delays nobody else by more than one. */
export class FairTurns {
  readonly #mostWaiting: number;
  /** The kind whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #free: number;

  /** @param mostWaiting of a kind */
  constructor(atOnce: number, mostWaiting: number) {
    this.#free = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** Runs it when it is its turn. @throws what `tooMany` makes when too many of the kind wait */
  async take<T>(kind: string, run: () => Promise<T>, tooMany: () => Error): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(kind, tooMany);
    try {
      return await run();
    } finally {
      this.#pass();
    }
  }

  #wait(kind: string, tooMany: () => Error): Promise<void> {
    const waiting = this.#waiting.get(kind) ?? [];
    if (waiting.length >= this.#mostWaiting) return Promise.reject(tooMany());
    this.#waiting.set(kind, waiting);
    return new Promise(resolve => {
      waiting.push(resolve);
    });
  }

  /** To the kind whose turn it is, which comes last then. */
  #pass(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    const [kind, waiting] = next;
    this.#waiting.delete(kind);
    const goOn = waiting.shift();
    if (waiting.length > 0) this.#waiting.set(kind, waiting);
    goOn?.();
  }
}
