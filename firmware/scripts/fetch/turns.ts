/**
 * So many at once of each kind, in the order in which they came; kinds do not wait for each other.
 */
export class Turns {
  readonly #atOnce: number;
  /** Those that have somebody, or somebody waiting. */
  readonly #kinds = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /**
   * Runs it when it is its turn.
   * @throws the signal's reason when it is given up before
   */
  async take<T>(kind: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const turns = this.#kinds.get(kind) ?? { running: 0, waiting: [] };
    this.#kinds.set(kind, turns);
    if (turns.running >= this.#atOnce) await this.#wait(turns.waiting, signal);
    else turns.running += 1;
    try {
      return await run();
    } finally {
      // Who waits takes the turn over, so that nobody slips in between.
      const next = turns.waiting.shift();
      if (next) next();
      else {
        turns.running -= 1;
        if (turns.running === 0) this.#kinds.delete(kind);
      }
    }
  }

  #wait(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(goOn), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.push(goOn);
    });
  }
}
