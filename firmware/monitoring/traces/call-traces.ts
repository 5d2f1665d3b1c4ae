import type { Clock, Timer } from '../../base/clock.ts';
import type { CallId } from '../../base/ids.ts';
import type { TraceBook } from '../../sip/trace/trace-book.ts';
import type { Trace } from '../../sip/trace/traced-message.ts';
import type { TraceArchive } from './trace-archive.ts';

export type TracesWritten = 'failed' | 'all' | 'none';

export interface CallTracesParts {
  readonly clock: Clock;
  readonly book: TraceBook;
  readonly archive: TraceArchive;
  readonly written: TracesWritten;
}

/** Calls that are over of which it is still known which Call-IDs they had. */
const MAX_ENDED = 10_000;
/** A bridge that tries many targets has a Call-ID for each. */
const MAX_CALL_IDS = 64;

/** Which Call-IDs were a call's, and what becomes of their messages when it ends. */
export class CallTraces {
  readonly #parts: CallTracesParts;
  readonly #callIds = new Map<CallId, Set<string>>();
  readonly #ended = new Map<CallId, ReadonlySet<string>>();
  readonly #settling = new Map<CallId, Timer>();

  constructor(parts: CallTracesParts) {
    this.#parts = parts;
  }

  /** @throws when the archive's folder cannot be made or read */
  async start(): Promise<void> {
    await this.#parts.archive.start();
  }

  /** That SIP dialog is one of the call's. */
  attach(call: CallId, sipCallId: string): void {
    const callIds = this.#callIds.get(call) ?? new Set();
    this.#callIds.set(call, callIds);
    if (callIds.size >= MAX_CALL_IDS) return;
    callIds.add(sipCallId);
    this.#parts.book.keep(sipCallId);
  }

  /** A moment later, when the BYE and its answer have been seen, the messages are written if they are to be. */
  ended(call: CallId, failed: boolean): void {
    const callIds = this.#callIds.get(call);
    if (!callIds) return;
    this.#callIds.delete(call);
    this.#remember(call, callIds);
    const { written, clock } = this.#parts;
    const wanted = written === 'all' || (written === 'failed' && failed);
    if (wanted)
      this.#settling.set(
        call,
        clock.after(SETTLED_MS, () => this.#finish(call)),
      );
    else this.#release(callIds);
  }

  /** Writes what is waiting for its last messages, as it is. */
  async close(): Promise<void> {
    for (const call of [...this.#settling.keys()]) this.#finish(call);
    await this.#parts.archive.close();
  }

  /** Null when the box knows nothing of that call. */
  async read(call: string): Promise<Trace | null> {
    const callIds = this.#callIds.get(call as CallId) ?? this.#ended.get(call as CallId);
    const trace = callIds && this.#parts.book.read(callIds);
    if (trace && trace.messages.length > 0) return trace;
    return (await this.#parts.archive.read(call)) ?? trace ?? null;
  }

  #finish(call: CallId): void {
    this.#settling.get(call)?.stop();
    this.#settling.delete(call);
    const callIds = this.#ended.get(call) ?? [];
    const { book, archive, clock } = this.#parts;
    void archive.write(call, book.read(callIds), clock.now());
    this.#release(callIds);
  }

  #release(callIds: Iterable<string>): void {
    for (const each of callIds) this.#parts.book.release(each);
  }

  #remember(call: CallId, callIds: ReadonlySet<string>): void {
    this.#ended.set(call, callIds);
    const oldest = this.#ended.size > MAX_ENDED ? this.#ended.keys().next().value : undefined;
    if (oldest !== undefined) this.#ended.delete(oldest);
  }
}

/** A BYE is answered within this, or its silence is part of the trace. */
const SETTLED_MS = 2_000;
