import { Compile } from 'typebox/compile';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { CallMediaRecord } from '../quality/call-media.ts';
import type { StoredCallMedia } from './rows.ts';

interface CallMediaStore {
  save(media: StoredCallMedia): Promise<undefined>;
  get(call: string): Promise<string | null>;
}

const isRecord = Compile(CallMediaRecord);

/** The media figures of calls that are over, as the store keeps them. */
export class CallMediaRecords {
  readonly #store: CallMediaStore;
  readonly #log: Log;

  constructor(store: CallMediaStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** A call does not wait for it. */
  keep(record: CallMediaRecord): void {
    const { call, project, endedAt } = record;
    this.#store.save({ call, project, endedAt, record: JSON.stringify(record) }).catch(error => {
      this.#log.error({ call, problem: messageOf(error) }, "a call's media figures could not be stored");
    });
  }

  /** Null of a call that is not known, or whose figures another release wrote in a way that this one does not know. */
  async read(call: string): Promise<CallMediaRecord | null> {
    const stored = await this.#store.get(call);
    const record: unknown = stored === null ? null : JSON.parse(stored);
    return isRecord.Check(record) ? record : null;
  }
}
