import { close, fdatasync, open } from 'node:fs';
import type { Clock, Timer } from '../base/clock.ts';

/**
 * Brings the write-ahead log onto the disk some time after each change. With synchronous = NORMAL SQLite itself syncs at
 * checkpoints only, which on a quiet box can be hours apart; this bounds what a power cut can take to `intervalMs`.
 *
 * A descriptor of its own is safe: SQLite keeps its POSIX locks on the database and the -shm file, never on the -wal.
 */
export class WalSync {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #done: (error: Error | null) => void;
  #timer: Timer | null = null;

  /** @param done told after each sync, with what went wrong or null */
  constructor(databaseFile: string, intervalMs: number, clock: Clock, done: (error: Error | null) => void) {
    this.#file = `${databaseFile}-wal`;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#done = done;
  }

  changed(): void {
    this.#timer ??= this.#clock.after(this.#intervalMs, () => {
      this.#timer = null;
      this.#sync();
    });
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  #sync(): void {
    open(this.#file, 'r', (openError, descriptor) => {
      if (openError) {
        this.#done(openError);
        return;
      }
      fdatasync(descriptor, syncError => {
        this.#done(syncError);
        close(descriptor, () => undefined);
      });
    });
  }
}
