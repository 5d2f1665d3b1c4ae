import { messageOf } from './base/errors.ts';

/** Something that runs between two moments. */
export interface Running {
  start?(): unknown;
  close(): unknown;
}

/** Starts parts in order and ends them in the reverse one, once, whatever went wrong in between. */
export class Lifecycle {
  readonly #running: Running[] = [];
  #last: () => Promise<void> = async () => {};
  #ended: Promise<void> | null = null;

  /** True from the moment that the end was asked for. */
  get ending(): boolean {
    return this.#ended !== null;
  }

  /** Starts a part; what `start` throws comes through, and the part is not closed then. */
  async run(part: Running): Promise<void> {
    if (this.ending) throw new Error('it was told to end');
    await part.start?.();
    this.#running.push(part);
    if (this.ending) await this.#closeAll();
  }

  /** What is done first at the end, while everything still runs. */
  beforeEnd(last: () => Promise<void>): void {
    this.#last = last;
  }

  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await attempt(this.#last);
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    for (let part = this.#running.pop(); part; part = this.#running.pop()) {
      const closing = part;
      await attempt(async () => closing.close());
    }
  }
}

/** The end goes on whatever one part says. */
async function attempt(step: () => unknown): Promise<void> {
  try {
    await step();
  } catch (error) {
    process.stderr.write(`crosspoint: while ending: ${messageOf(error)}\n`);
  }
}
