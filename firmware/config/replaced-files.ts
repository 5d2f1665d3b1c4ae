import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { fileState } from './file-state.ts';

/** Looking costs a stat of each file; who renews a certificate has days to spare. */
const EVERY_MS = 60_000;

export interface ReplacedFilesParts {
  readonly files: () => readonly (string | undefined)[];
  /** Takes what the files hold now; throws when that cannot be used, and has changed nothing then. */
  readonly take: () => void;
  /** For the log. */
  readonly taken: string;
  readonly refused: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Files that somebody else renews: looked at every minute, and when it is asked for. */
export class ReplacedFiles {
  readonly #parts: ReplacedFilesParts;
  #seen: string;
  #timer: Timer | null = null;

  /** What the files hold by now is known: to be made before they are read. */
  constructor(parts: ReplacedFilesParts) {
    this.#parts = parts;
    this.#seen = fileState(parts.files());
  }

  start(): void {
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      this.check();
      this.start();
    });
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  /** Takes what was replaced. A pair of which only one half is there yet is looked at again when the other comes. */
  check(): void {
    const { files, take, taken, refused, log } = this.#parts;
    const state = fileState(files());
    if (state === this.#seen) return;
    this.#seen = state;
    try {
      take();
      log.info(taken);
    } catch (error) {
      log.error({ problem: messageOf(error) }, refused);
    }
  }
}
