import type { Clock, Timer } from '../base/clock.ts';
import type { OutboxRow } from '../store/rows.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { PostResult } from './http-post.ts';

export interface WebhookOutbox {
  outbox(target: string, after: number, limit: number, key?: string | null): Promise<readonly OutboxRow[]>;
  settle(target: string, rows: readonly number[]): Promise<void>;
  /** The target is not told of it any more; it is kept aside. */
  bury(target: string, row: number, reason: string): Promise<void>;
}

export interface WebhookTargetOptions {
  /** Its name in the outbox. */
  readonly name: string;
  readonly store: WebhookOutbox;
  readonly post: (row: OutboxRow) => Promise<PostResult>;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Told with null when the target takes events again. */
  readonly failing: (reason: string | null) => void;
}

const CONCURRENCY = 8;
const PAGE = 100;
/** Lanes in memory; reading on stops there, so that a target that refuses much costs a bounded amount. */
const MAX_LANES = 1000;
const LANE_ROWS = 8;
/** Failures in a row, across lanes, after which the target itself is taken to be down. */
const DOWN_AFTER = 3;
const backoff: Backoff = { firstMs: 1000, lastMs: 5 * 60_000 };
export const MAX_AGE_MS = 24 * 3600_000;

/** How it fares. */
export interface WebhookStanding {
  readonly state: 'up' | 'down';
  /** Milliseconds since 1970, and what the attempt came to. */
  readonly lastError: { readonly at: number; readonly reason: string } | null;
}

export interface WebhookFigures {
  readonly delivered: number;
  /** Attempts. */
  readonly failed: number;
  readonly givenUp: number;
}

/** The events of one key that were read: the first is being told or waits to be. */
interface Lane {
  readonly key: string;
  rows: OutboxRow[];
  /** Highest row that was in `rows`. */
  last: number;
  /** The store holds rows of this key that were passed over because the lane was full. */
  more: boolean;
  reading: boolean;
  failures: number;
  timer: Timer | null;
}

/**
 * Tells one webhook its events: in order per key, different keys side by side.
 *
 *   outbox ──pages──▶ lanes (a key each) ──▶ ready ──▶ in flight (≤ 8) ──2xx──▶ settled
 *                       ▲                                  │
 *                       └───── after a back-off ◀──────────┘ anything else
 *
 * A key that fails alone waits alone. After some failures in a row the target counts as down: everything waits, one event
 * is tried at a time, and the first success lets all go on at once.
 */
export class WebhookTarget {
  readonly #options: WebhookTargetOptions;
  readonly #lanes = new Map<string, Lane>();
  #ready: Lane[] = [];
  #cursor = 0;
  /** The store may hold rows behind the cursor. */
  #behind = true;
  #loading = false;
  #inFlight = 0;
  #failures = 0;
  #pause: Timer | null = null;
  readonly #waits = new Set<Timer>();
  #closed = false;
  #delivered = 0;
  #failed = 0;
  #givenUp = 0;
  #lastError: WebhookStanding['lastError'] = null;

  constructor(options: WebhookTargetOptions) {
    this.#options = options;
  }

  get figures(): WebhookFigures {
    return { delivered: this.#delivered, failed: this.#failed, givenUp: this.#givenUp };
  }

  get standing(): WebhookStanding {
    return { state: this.#failures >= DOWN_AFTER ? 'down' : 'up', lastError: this.#lastError };
  }

  /** There is something new in the outbox, or at start there may be. */
  wake(): void {
    this.#behind = true;
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#pause?.stop();
    for (const wait of this.#waits) wait.stop();
    for (const lane of this.#lanes.values()) lane.timer?.stop();
    this.#lanes.clear();
    this.#ready = [];
  }

  #pump(): void {
    if (this.#closed || this.#pause) return;
    const concurrency = this.#failures >= DOWN_AFTER ? 1 : CONCURRENCY;
    while (this.#inFlight < concurrency) {
      const lane = this.#ready.shift();
      if (!lane) break;
      void this.#send(lane);
    }
    if (this.#ready.length === 0 && this.#behind && !this.#loading && this.#lanes.size < MAX_LANES) void this.#load();
  }

  async #load(): Promise<void> {
    this.#loading = true;
    this.#behind = false;
    try {
      const rows = await this.#options.store.outbox(this.#options.name, this.#cursor, PAGE);
      if (this.#closed) return;
      if (rows.length === PAGE) this.#behind = true;
      for (const row of rows) this.#take(row);
      this.#loading = false;
      this.#pump();
    } catch {
      // The store reports itself; this only has to come back.
      this.#behind = true;
      this.#wait(() => {
        this.#loading = false;
        this.#pump();
      });
    }
  }

  #take(row: OutboxRow): void {
    this.#cursor = row.row;
    const lane = this.#lanes.get(row.key);
    if (!lane) {
      const fresh: Lane = {
        key: row.key,
        rows: [row],
        last: row.row,
        more: false,
        reading: false,
        failures: 0,
        timer: null,
      };
      this.#lanes.set(row.key, fresh);
      this.#ready.push(fresh);
    } else if (lane.more || lane.reading || lane.rows.length >= LANE_ROWS) lane.more = true;
    else {
      lane.rows.push(row);
      lane.last = row.row;
    }
  }

  async #send(lane: Lane): Promise<void> {
    const row = lane.rows[0];
    if (!row) return;
    this.#inFlight += 1;
    const result = await this.#options.post(row);
    this.#inFlight -= 1;
    if (this.#closed) return;
    if (result.ok) {
      this.#delivered += 1;
      this.#succeeded(lane);
      void this.#options.store.settle(this.#options.name, [row.row]);
      this.#done(lane);
    } else this.#refused(lane, row, result);
    this.#pump();
  }

  #refused(lane: Lane, row: OutboxRow, { reason, final = false }: PostResult & { readonly ok: false }): void {
    const { clock, name, store } = this.#options;
    this.#failed += 1;
    this.#lastError = { at: clock.now(), reason };
    if (!final && clock.now() - row.recordedAt <= MAX_AGE_MS) {
      this.#postpone(lane, reason);
      return;
    }
    this.#givenUp += 1;
    // The store reports itself; told again after a restart is what "at least once" means.
    store.bury(name, row.row, reason).catch(() => undefined);
    // An answer that is final is one: the target is there.
    if (final) this.#succeeded(lane);
    this.#done(lane);
  }

  #succeeded(lane: Lane): void {
    lane.failures = 0;
    if (this.#failures >= DOWN_AFTER) {
      this.#options.failing(null);
      for (const waiting of this.#lanes.values()) {
        if (!waiting.timer) continue;
        waiting.timer.stop();
        waiting.timer = null;
        waiting.failures = 0;
        this.#ready.push(waiting);
      }
    }
    this.#failures = 0;
  }

  #postpone(lane: Lane, reason: string): void {
    const { clock, random } = this.#options;
    lane.failures += 1;
    // What was in flight when the pause began tells nothing new.
    if (!this.#pause) this.#failures += 1;
    if (this.#failures < DOWN_AFTER) {
      lane.timer = clock.after(backoffMs(lane.failures, backoff, random()), () => {
        lane.timer = null;
        this.#ready.push(lane);
        this.#pump();
      });
      return;
    }
    this.#ready.unshift(lane);
    if (this.#pause) return;
    if (this.#failures === DOWN_AFTER) this.#options.failing(reason);
    this.#pause = clock.after(backoffMs(this.#failures - DOWN_AFTER + 1, backoff, random()), () => {
      this.#pause = null;
      this.#pump();
    });
  }

  /** The lane's first row needs no more telling; on to the next. */
  #done(lane: Lane): void {
    lane.rows.shift();
    if (lane.rows.length > 0) this.#ready.push(lane);
    else if (lane.more) void this.#reread(lane);
    else this.#lanes.delete(lane.key);
  }

  /** Fetches what was passed over while the lane was full. Answers of the store come in the order of the questions. */
  async #reread(lane: Lane): Promise<void> {
    lane.reading = true;
    lane.more = false;
    try {
      const found = await this.#options.store.outbox(this.#options.name, lane.last, LANE_ROWS, lane.key);
      if (this.#closed) return;
      lane.reading = false;
      // Rows behind the cursor come with their page.
      lane.rows = found.filter(({ row }) => row <= this.#cursor);
      lane.last = lane.rows.at(-1)?.row ?? lane.last;
      if (lane.rows.length === LANE_ROWS) lane.more = true;
      if (lane.rows.length > 0) this.#ready.push(lane);
      else if (lane.more) void this.#reread(lane);
      else this.#lanes.delete(lane.key);
      this.#pump();
    } catch {
      this.#wait(() => void this.#reread(lane));
    }
  }

  #wait(run: () => void): void {
    if (this.#closed) return;
    const timer = this.#options.clock.after(backoff.firstMs, () => {
      this.#waits.delete(timer);
      run();
    });
    this.#waits.add(timer);
  }
}
