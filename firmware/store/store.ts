import { Worker } from 'node:worker_threads';
import type { Timer } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { SessionId } from '../base/ids.ts';
import { threadProgram } from '../base/thread-program.ts';
import type { CallFilter } from '../records/record-filter.ts';
import { changeBytes } from './change-bytes.ts';
import {
  type Answer,
  type Call,
  type Failure,
  type FromThread,
  isWriteMethod,
  type Method,
  type Params,
  type Result,
  type StoreStatus,
  type ThreadOptions,
  type ToThread,
} from './requests.ts';
import type {
  Backlog,
  CallRecordPage,
  CallRecordPlace,
  DeadLetter,
  DeadLetterChoice,
  DocumentKind,
  LeftCall,
  LiveChange,
  LiveMember,
  NewEvent,
  OutboxRow,
  StoredAnswer,
  StoredCallMedia,
  StoredDocument,
  StoredGap,
  StoredRecording,
  StoredSession,
} from './rows.ts';
import { defaultStoreLimits, type StoreLimits, type StoreOptions } from './store-options.ts';

export type { StoreLimits, StoreOptions } from './store-options.ts';

/** Sessions older than this are forgotten at start. */
const SESSION_AGE_MS = 30 * 24 * 3600 * 1000;

/** The same of the media figures of calls. */
const CALL_MEDIA_AGE_MS = 30 * 24 * 3600 * 1000;

/** Things that are kept as a whole. */
export interface StoredDocuments {
  save(document: StoredDocument): Promise<undefined>;
  delete(id: string): Promise<undefined>;
  /** Oldest first. */
  all(): Promise<StoredDocument[]>;
}

interface Waiting {
  readonly resolve: (result: Result<Method>) => void;
  readonly reject: (error: CrosspointError) => void;
  /** Of the event's body. */
  readonly bytes: number;
  /** That the request would add. */
  readonly deliveries: number;
}

/**
 * What must outlive the process: undelivered events, live calls, sessions. SQLite in a thread of its own.
 *
 * A write's promise resolves after its COMMIT. While the disk is full, writes wait (see `problem`) and go through once
 * there is room. A promise that nobody looks at never becomes an unhandled rejection: calls go on without the disk.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #limits: StoreLimits;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #exited: Promise<void> = Promise.resolve();
  #lost: string | null = null;
  #nextId = 1;
  #unsent: Call[] = [];
  /** Runs while writes wait for company. */
  #group: Timer | null = null;
  #waitingBytes = 0;
  #waitingDeliveries = 0;
  #refused = 0;
  #status: StoreStatus = { pending: 0, dropped: 0, errors: 0, problem: null };

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#limits = { ...defaultStoreLimits, ...options.limits };
  }

  /** @throws CrosspointError store.unavailable, store.corrupt, store.newer */
  async start(): Promise<void> {
    const { file } = this.#options;
    const { syncMs, maxBytes, maxPendingPerTarget, targets, maxCallRecords } = this.#limits;
    const options: ThreadOptions = { file, syncMs, maxBytes, maxPendingPerTarget, targets, maxCallRecords };
    const worker = new Worker(threadProgram('store-thread', import.meta.url), { workerData: options });
    this.#worker = worker;
    this.#exited = new Promise(resolve => worker.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'answers') this.#answered(message.answers, message.status);
        else if (message.kind === 'ready') {
          this.#setStatus(message.status);
          resolve();
        } else reject(asError(message.failure));
      });
      worker.on('error', error => this.#fail(messageOf(error)));
      worker.on('exit', () => {
        this.#worker = null;
        this.#fail('its thread ended');
        reject(new CrosspointError('store.unavailable', `The store cannot run: ${this.#lost}.`));
      });
    });
    await this.#request('pruneSessions', { before: this.#options.clock.now() - SESSION_AGE_MS });
    await this.#request('pruneCallMedia', { before: this.#options.clock.now() - CALL_MEDIA_AGE_MS });
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#flush();
    this.#post({ close: true });
    await this.#exited;
  }

  /** Deliveries that are to be made: stored, or waiting to be. */
  get pending(): number {
    return this.#status.pending + this.#waitingDeliveries;
  }

  /** Since start: deliveries given up by count or age, and events that no room was left for in memory. */
  get dropped(): number {
    return this.#status.dropped + this.#refused;
  }

  /** Requests that have not been answered yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Transactions that failed since start. */
  get errors(): number {
    return this.#status.errors;
  }

  /** What is wrong, in a sentence for the operator; null when all is well. */
  get problem(): string | null {
    if (this.#lost !== null) return `The store does not run: ${this.#lost}.`;
    return this.#worker ? this.#status.problem : 'The store is not started.';
  }

  get healthy(): boolean {
    return this.problem === null;
  }

  /** Stores an event and what it changes about what there is, in one transaction. Its row; null when it has no targets. */
  record(event: NewEvent, change: LiveChange | null): Promise<number | null> {
    return this.#request('record', { event, change });
  }

  settle(target: string, rows: readonly number[]): Promise<undefined> {
    return this.#request('settle', { target, rows });
  }

  discard(target: string): Promise<number> {
    return this.#request('discard', { target });
  }

  /**
   * Drops undelivered events recorded before that time (milliseconds since 1970), at most 10,000 deliveries at once.
   * @param of one target's alone, or all except one's
   */
  prune(before: number, of: { readonly only?: string; readonly except?: string } = {}): Promise<number> {
    return this.#request('prune', {
      before,
      only: of.only ?? null,
      except: of.except ?? null,
      now: this.#options.clock.now(),
    });
  }

  /** What was dropped of a target that is told so. */
  gaps(target: string): Promise<StoredGap[]> {
    return this.#request('gaps', { target });
  }

  gapTold(gap: StoredGap): Promise<undefined> {
    return this.#request('gapTold', gap);
  }

  /** That row is not for the target any more: it is kept as a dead letter. */
  bury(target: string, row: number, reason: string): Promise<undefined> {
    return this.#request('bury', { target, row, reason, now: this.#options.clock.now() });
  }

  /** Events that webhooks did not take: kept for a week, 10,000 at most. */
  readonly deadLetters = {
    /** Behind `after`, oldest first. */
    page: (target: string | null, after: number, limit: number): Promise<DeadLetter[]> =>
      this.#request('deadLetters', { target, after, limit }),
    /** They wait for their targets again, a thousand at most; answers for whom, and how many. */
    replay: (choice: DeadLetterChoice): Promise<{ target: string; count: number }[]> =>
      this.#request('replay', { ...choice, now: this.#options.clock.now() }),
    remove: (choice: DeadLetterChoice): Promise<number> => this.#request('removeDeadLetters', choice),
  };

  /** What waits for each target, and what was given up; of targets without either there is none. */
  backlogs(): Promise<Backlog[]> {
    return this.#request('backlogs', null);
  }

  outbox(target: string, after: number, limit: number, key: string | null = null): Promise<OutboxRow[]> {
    return this.#request('outbox', { target, after, limit, key });
  }

  targets(): Promise<string[]> {
    return this.#request('targets', null);
  }

  /** Calls that have begun and not ended; asked before the first call of a new process, they are its predecessor's. */
  liveCalls(): Promise<LeftCall[]> {
    return this.#request('liveCalls', null);
  }

  /** The same of connections and streams, oldest first. */
  liveMembers(): Promise<LiveMember[]> {
    return this.#request('liveMembers', null);
  }

  /** Media figures of calls that are over. */
  readonly callMedia = {
    save: (media: StoredCallMedia): Promise<undefined> => this.#request('saveCallMedia', media),
    /** JSON; null of a call that is not known, or no longer. */
    get: (call: string): Promise<string | null> => this.#request('callMedia', { call }),
  };

  /** Calls that are over. */
  readonly callRecords = {
    /** JSON; null of a call that is not over, or not known. */
    get: (id: string): Promise<string | null> => this.#request('callRecord', { id }),
    page: (filter: CallFilter, after: CallRecordPlace | null, limit: number): Promise<CallRecordPage> =>
      this.#request('callRecords', { filter, after, limit }),
    /** Drops those that began before, milliseconds since 1970. */
    prune: (before: number): Promise<number> => this.#request('pruneCallRecords', { before }),
    delete: (id: string): Promise<undefined> => this.#request('removeCallRecord', { id }),
  };

  readonly recordings = {
    save: (recording: StoredRecording): Promise<undefined> => this.#request('saveRecording', recording),
    delete: (id: string): Promise<undefined> => this.#request('removeRecording', { id }),
    all: (): Promise<StoredRecording[]> => this.#request('recordings', null),
  };

  readonly archives = this.#documents('archives');
  readonly callbacks = this.#documents('callbacks');
  readonly pins = this.#documents('pins');
  readonly numberForwards = this.#documents('number_forwards');

  readonly sessions = {
    save: (session: StoredSession): Promise<undefined> => this.#request('saveSession', session),
    delete: (id: SessionId): Promise<undefined> => this.#request('removeSession', { id }),
    all: (): Promise<StoredSession[]> => this.#request('sessions', null),
  };

  readonly answers = {
    save: (answer: StoredAnswer): Promise<undefined> => this.#request('saveAnswer', answer),
    delete: (id: string): Promise<undefined> => this.#request('removeAnswer', { id }),
    all: (): Promise<StoredAnswer[]> => this.#request('answers', null),
  };

  #documents(kind: DocumentKind): StoredDocuments {
    return {
      save: document => this.#request('saveDocument', { ...document, kind }),
      delete: id => this.#request('removeDocument', { id, kind }),
      all: () => this.#request('documents', { kind }),
    };
  }

  #request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const promise = new Promise<Result<M>>((resolve, reject) => {
      const event = method === 'record' ? (params as Params<'record'>).event : null;
      const bytes = event ? event.body.length + changeBytes((params as Params<'record'>).change) : 0;
      const deliveries = event?.targets.length ?? 0;
      const refusal = this.#refusal(method, bytes);
      if (refusal) {
        if (method === 'record') this.#refused += 1;
        reject(refusal);
        return;
      }
      const id = this.#nextId++;
      this.#waitingBytes += bytes;
      this.#waitingDeliveries += deliveries;
      // The answer to this id is this method's: see Tables.
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, bytes, deliveries });
      this.#unsent.push({ id, method, params } as Call);
      // A group crosses to the thread in one message: waking it for each write costs more than the write.
      if (isWriteMethod(method)) this.#group ??= this.#options.clock.after(this.#limits.groupMs, () => this.#flush());
      else this.#flush();
    });
    promise.catch(() => undefined);
    return promise;
  }

  #refusal(method: Method, bytes: number): CrosspointError | null {
    if (!this.#worker || this.#lost !== null) return new CrosspointError('store.closed', 'The store does not run.');
    // Everything else reads or makes room, and its senders wait for the answer before they ask again.
    const grows = method === 'record' || (method.startsWith('save') && method !== 'settle');
    if (!grows) return null;
    if (this.#waiting.size < this.#limits.maxWaiting && this.#waitingBytes + bytes <= this.#limits.maxWaitingBytes)
      return null;
    return new CrosspointError('store.full', 'The store has no room for more until the disk takes what waits.', {
      retriable: true,
    });
  }

  #flush(): void {
    this.#group?.stop();
    this.#group = null;
    if (this.#unsent.length === 0) return;
    this.#post({ calls: this.#unsent });
    this.#unsent = [];
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #answered(answers: readonly Answer[], status: StoreStatus): void {
    this.#setStatus(status);
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      if (!waiting) continue;
      this.#waiting.delete(answer.id);
      this.#waitingBytes -= waiting.bytes;
      this.#waitingDeliveries -= waiting.deliveries;
      if ('failure' in answer) waiting.reject(asError(answer.failure));
      else waiting.resolve(answer.result);
    }
  }

  #setStatus(status: StoreStatus): void {
    const { log } = this.#options;
    if (status.problem !== null && this.#status.problem === null)
      log.error({ problem: status.problem }, 'store failing');
    if (status.problem === null && this.#status.problem !== null) log.info('store works again');
    if (status.dropped > 0 && this.#status.dropped === 0) {
      log.warn(
        { dropped: status.dropped },
        'undelivered events dropped for age or number; further drops are only counted',
      );
    }
    this.#status = status;
  }

  #fail(reason: string): void {
    this.#lost ??= reason;
    this.#group?.stop();
    this.#group = null;
    const error = new CrosspointError('store.closed', 'The store ended before this was written.');
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#waitingBytes = 0;
    this.#waitingDeliveries = 0;
    this.#unsent = [];
    for (const { reject } of waiting) reject(error);
  }
}

function asError({ code, message, retriable }: Failure): CrosspointError {
  return new CrosspointError(code, message, { retriable });
}
