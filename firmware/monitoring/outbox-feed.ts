import type { OutboxRow } from '../store/rows.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';

/** An event of the outbox. */
export interface StoredEvent {
  readonly row: number;
  /** null when another release wrote it: nobody here can read it. */
  readonly envelope: Envelope | null;
}

export interface FeedOutbox {
  outbox(target: string, after: number, limit: number): Promise<readonly OutboxRow[]>;
  settle(target: string, rows: readonly number[]): Promise<void>;
}

export interface OutboxFeedOptions {
  readonly store: FeedOutbox;
  /** One that is offered every event, or told to pass it: only then do its rows follow each other without a gap. */
  readonly target: string;
  /** There may be a next one. */
  readonly ready: () => void;
  /** The store could not be read; the feed stands still until it is restarted. */
  readonly failed: () => void;
}

const PAGE = 64;

/**
 * The undelivered events of one target, in their order, a bounded number of them in memory.
 *
 * Who keeps up takes events as they are committed (`offer`) and reads nothing: an event whose row is the next after the
 * last one taken has no other before it. Whoever has fallen behind, or just begins, reads the store in pages until no
 * committed event is left there.
 */
export class OutboxFeed {
  readonly #options: OutboxFeedOptions;
  #rows: StoredEvent[] = [];
  /** Row of the last event that was taken into memory. */
  #cursor = 0;
  /** Highest row that is known to be committed. */
  #newest = 0;
  /** The store may hold rows behind the cursor that nobody has offered. */
  #unread = false;
  /** Nothing is taken: a page is being read, or the feed stands still. */
  #paused = true;
  /** Counts restarts: what was asked for before the last one is ignored. */
  #run = 0;
  #told: number[] = [];
  #settling: Promise<void> | null = null;

  constructor(options: OutboxFeedOptions) {
    this.#options = options;
  }

  /** Forgets what is in memory and begins at the first event that has not been told of; nothing is fed until then. */
  restart(): void {
    this.stop();
    this.#paused = true;
    const run = this.#run;
    // What was told must be out of the outbox before it is read from its start again.
    void (this.#settling ?? Promise.resolve()).then(() => {
      if (run !== this.#run) return;
      this.#cursor = 0;
      this.#unread = true;
      void this.#load();
    });
  }

  /** Feeds nothing more until it is restarted. */
  stop(): void {
    this.#run += 1;
    this.#rows = [];
    this.#paused = true;
  }

  /** An event that was just committed. */
  offer(row: number, envelope: Envelope): void {
    this.#newest = Math.max(this.#newest, row);
    if (!this.#paused && row === this.#cursor + 1 && this.#rows.length < PAGE) {
      this.#cursor = row;
      this.#rows.push({ row, envelope });
    }
    this.#options.ready();
  }

  /** An event was just committed that is not for the target: none is missing where its row is. */
  pass(row: number): void {
    if (!this.#paused && row === this.#cursor + 1) this.#cursor = row;
  }

  next(): StoredEvent | undefined {
    const next = this.#rows.shift();
    if (this.#rows.length === 0 && !this.#paused && (this.#unread || this.#newest > this.#cursor)) void this.#load();
    return next;
  }

  /** The target has been told: the event leaves the outbox. Those of one transaction leave in the next. */
  told(row: number): void {
    this.#told.push(row);
    this.#settling ??= this.#settle();
  }

  async #load(): Promise<void> {
    const { store, target, ready, failed } = this.#options;
    this.#paused = true;
    const run = this.#run;
    const committed = this.#newest;
    try {
      const rows = await store.outbox(target, this.#cursor, PAGE);
      if (run !== this.#run) return;
      this.#rows = rows.map(({ row, body }) => ({ row, envelope: parseEnvelope(body) }));
      this.#unread = rows.length === PAGE;
      this.#cursor = rows.at(-1)?.row ?? this.#cursor;
      // What was committed before and is not there any more was dropped, for age or number.
      if (!this.#unread) this.#cursor = Math.max(this.#cursor, committed);
      this.#paused = false;
      ready();
    } catch {
      if (run === this.#run) failed();
    }
  }

  /** One request at a time: what is told meanwhile goes with the next. */
  async #settle(): Promise<void> {
    const { store, target } = this.#options;
    while (this.#told.length > 0) {
      const rows = this.#told;
      this.#told = [];
      // The store reports itself; told again after a restart is what "at least once" means.
      await store.settle(target, rows).catch(() => undefined);
    }
    this.#settling = null;
  }
}
