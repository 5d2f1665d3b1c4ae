import { Compile } from 'typebox/compile';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { CallMediaRecord } from '../quality/call-media.ts';
import { type CallFacts, CallRecord } from '../records/call-record.ts';
import { type CallFilter, isAskedFor } from '../records/record-filter.ts';
import type { CallRecordPlace } from './rows.ts';
import type { Store } from './store.ts';

/** A call that is over, with what was measured of its media where that is kept. */
export interface KeptCall {
  readonly record: CallRecord;
  readonly media: CallMediaRecord | null;
}

export interface KeptPage {
  readonly calls: readonly KeptCall[];
  readonly next: CallRecordPlace | null;
}

const PRUNE_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** One page asks the store so many times at most, so that a rare filter answers in time; `next` goes on from there. */
const MAX_LOOKS = 25;

const isRecord = Compile(CallRecord);
const isMedia = Compile(CallMediaRecord);

/** The records of calls that are over, and how long they are kept. */
export class CallRecords {
  readonly #store: Pick<Store, 'callRecords' | 'callMedia'>;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Those that are over and on their way to the disk. */
  readonly #ending = new Map<string, CallRecord>();
  #keepDays: number;
  #prune: Timer | null = null;

  constructor(store: Pick<Store, 'callRecords' | 'callMedia'>, keepDays: number, clock: Clock, log: Log) {
    this.#store = store;
    this.#keepDays = keepDays;
    this.#clock = clock;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#pruneNow();
  }

  close(): void {
    this.#prune?.stop();
    this.#prune = null;
  }

  /** From the next look on. */
  set keepDays(days: number) {
    this.#keepDays = days;
  }

  /** What is known of a call goes to the store; `stored` settles when it is there. */
  passing(about: CallFacts | CallRecord | undefined, stored: Promise<unknown>): void {
    if (about === undefined || !('result' in about)) return;
    this.#ending.set(about.id, about);
    const gone = () => void this.#ending.delete(about.id);
    stored.then(gone, gone);
  }

  /** Null of a call that lives, or is not known. */
  async get(id: string): Promise<KeptCall | null> {
    const [stored, media] = await Promise.all([this.#store.callRecords.get(id), this.#store.callMedia.get(id)]);
    const record = stored === null ? this.#ending.get(id) : recordIn(stored);
    return record ? { record, media: mediaIn(media) } : null;
  }

  /** Whoever's record it is, it is gone. Without effect where there is none. */
  async delete(id: string): Promise<void> {
    await this.#store.callRecords.delete(id);
  }

  /** Those that began last first; the next page from where one ended. @param after null: the first page */
  async page(filter: CallFilter, after: CallRecordPlace | null, limit: number): Promise<KeptPage> {
    const calls = after === null ? this.#stillEnding(filter) : [];
    let place = after;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const { records, next } = await this.#store.callRecords.page(filter, place, Math.max(1, limit - calls.length));
      for (const { record: text, media } of records) {
        const record = recordIn(text);
        if (record && !calls.some(each => each.record.id === record.id)) calls.push({ record, media: mediaIn(media) });
      }
      place = next;
      if (next === null || calls.length >= limit) break;
    }
    return { calls, next: place };
  }

  /** All of them, in pages that are read one after the other. */
  async *all(filter: CallFilter, pageSize: number): AsyncGenerator<readonly KeptCall[]> {
    let next: CallRecordPlace | null = null;
    do {
      const page: KeptPage = await this.page(filter, next, pageSize);
      yield page.calls;
      next = page.next;
    } while (next !== null);
  }

  #stillEnding(filter: CallFilter): KeptCall[] {
    return [...this.#ending.values()]
      .filter(record => isAskedFor(record, filter))
      .reverse()
      .map(record => ({ record, media: null }));
  }

  async #pruneNow(): Promise<void> {
    this.#prune = this.#clock.after(PRUNE_MS, () => void this.#pruneNow());
    try {
      const deleted = await this.#store.callRecords.prune(this.#clock.now() - this.#keepDays * DAY_MS);
      if (deleted > 0) this.#log.info({ deleted }, 'records of calls that are too old are deleted');
    } catch (error) {
      this.#log.error({ problem: messageOf(error) }, 'old records of calls could not be deleted');
    }
  }
}

/** Undefined of one that another release wrote in a way that this one does not know. */
function recordIn(text: string): CallRecord | undefined {
  const record: unknown = JSON.parse(text);
  return isRecord.Check(record) ? record : undefined;
}

function mediaIn(text: string | null): CallMediaRecord | null {
  const media: unknown = text === null ? null : JSON.parse(text);
  return isMedia.Check(media) ? media : null;
}
