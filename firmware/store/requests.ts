import type { CallFilter } from '../records/record-filter.ts';
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
  TargetLimits,
} from './rows.ts';

/** What can be asked of the store's thread: parameters and answer. */
export interface Requests {
  /**
   * One transaction: the event with its deliveries, and what it changes about what there is. Answers the event's row, null
   * when nobody has to be told.
   */
  record: { params: { readonly event: NewEvent; readonly change: LiveChange | null }; result: number | null };
  /** The target has been told of these rows. */
  settle: { params: { readonly target: string; readonly rows: readonly number[] }; result: undefined };
  /** Drops what a target that is configured no more still waits for; answers how many. */
  discard: { params: { readonly target: string }; result: number };
  /**
   * Drops undelivered events recorded before (`only` a target's, or all `except` one's), answers how many deliveries went;
   * those of webhooks are dead letters then, and old ones of these go. Gives free pages back.
   */
  prune: {
    params: {
      readonly before: number;
      readonly only: string | null;
      readonly except: string | null;
      readonly now: number;
    };
    result: number;
  };
  /** A target knows of that gap. */
  gapTold: { params: StoredGap; result: undefined };
  /** The target is not told of that row any more: a dead letter. */
  bury: {
    params: { readonly target: string; readonly row: number; readonly reason: string; readonly now: number };
    result: undefined;
  };
  /** Dead letters wait for their targets again, as if they had just been recorded; a thousand at most. Answers for whom, how many. */
  replay: { params: DeadLetterChoice & { readonly now: number }; result: { target: string; count: number }[] };
  removeDeadLetters: { params: DeadLetterChoice; result: number };
  saveSession: { params: StoredSession; result: undefined };
  removeSession: { params: { readonly id: string }; result: undefined };
  pruneSessions: { params: { readonly before: number }; result: number };
  saveAnswer: { params: StoredAnswer; result: undefined };
  removeAnswer: { params: { readonly id: string }; result: undefined };
  saveCallMedia: { params: StoredCallMedia; result: undefined };
  /** Drops records of calls that began before, answers how many. */
  pruneCallRecords: { params: { readonly before: number }; result: number };
  removeCallRecord: { params: { readonly id: string }; result: undefined };
  pruneCallMedia: { params: { readonly before: number }; result: number };
  saveRecording: { params: StoredRecording; result: undefined };
  removeRecording: { params: { readonly id: string }; result: undefined };
  saveDocument: { params: StoredDocument & { readonly kind: DocumentKind }; result: undefined };
  removeDocument: { params: { readonly id: string; readonly kind: DocumentKind }; result: undefined };
  /** Undelivered rows of a target behind `after`, oldest first; with `key`, of that key alone. */
  outbox: {
    params: { readonly target: string; readonly after: number; readonly limit: number; readonly key: string | null };
    result: OutboxRow[];
  };
  gaps: { params: { readonly target: string }; result: StoredGap[] };
  /** Targets that have undelivered rows. */
  targets: { params: null; result: string[] };
  liveCalls: { params: null; result: LeftCall[] };
  liveMembers: { params: null; result: LiveMember[] };
  sessions: { params: null; result: StoredSession[] };
  answers: { params: null; result: StoredAnswer[] };
  callMedia: { params: { readonly call: string }; result: string | null };
  /** JSON; null of a call that is not over, or not known. */
  callRecord: { params: { readonly id: string }; result: string | null };
  callRecords: {
    params: { readonly filter: CallFilter; readonly after: CallRecordPlace | null; readonly limit: number };
    result: CallRecordPage;
  };
  recordings: { params: null; result: StoredRecording[] };
  documents: { params: { readonly kind: DocumentKind }; result: StoredDocument[] };
  backlogs: { params: null; result: Backlog[] };
  deadLetters: {
    params: { readonly target: string | null; readonly after: number; readonly limit: number };
    result: DeadLetter[];
  };
}

export type Method = keyof Requests;
export type Params<M extends Method> = Requests[M]['params'];
export type Result<M extends Method> = Requests[M]['result'];

const writes = [
  'record',
  'settle',
  'discard',
  'prune',
  'gapTold',
  'saveSession',
  'removeSession',
  'pruneSessions',
  'saveAnswer',
  'removeAnswer',
  'saveCallMedia',
  'pruneCallMedia',
  'pruneCallRecords',
  'removeCallRecord',
  'saveRecording',
  'removeRecording',
  'saveDocument',
  'removeDocument',
  'bury',
  'replay',
  'removeDeadLetters',
] as const;
export type WriteMethod = (typeof writes)[number];
const writeMethods: ReadonlySet<Method> = new Set(writes);
export type ReadMethod = Exclude<Method, WriteMethod>;

/** A request on the wire; `id` pairs it with its answer. */
export type Call<M extends Method = Method> = {
  [K in M]: { readonly id: number; readonly method: K; readonly params: Params<K> };
}[M];
export type WriteCall = Call<WriteMethod>;
export type ReadCall = Call<ReadMethod>;

export function isWrite(call: Call): call is WriteCall {
  return isWriteMethod(call.method);
}

export function isWriteMethod(method: Method): method is WriteMethod {
  return writeMethods.has(method);
}

/** Whether a write leaves more room than it found, so that a full disk must not hold it up. */
export function freesSpace(call: WriteCall): boolean {
  switch (call.method) {
    case 'settle':
    case 'discard':
    case 'prune':
    case 'gapTold':
    case 'removeSession':
    case 'pruneSessions':
    case 'removeAnswer':
    case 'pruneCallMedia':
    case 'pruneCallRecords':
    case 'removeCallRecord':
    case 'removeRecording':
    case 'removeDocument':
    case 'removeDeadLetters':
      return true;
    case 'record':
    case 'saveSession':
    case 'saveAnswer':
    case 'saveCallMedia':
    case 'saveRecording':
    case 'saveDocument':
    case 'bury':
    case 'replay':
      return false;
  }
}

export interface Failure {
  readonly code: `store.${string}`;
  readonly message: string;
  readonly retriable: boolean;
}

export type Answer =
  | { readonly id: number; readonly result: Result<Method> }
  | { readonly id: number; readonly failure: Failure };

/** How the store fares; it comes with every batch of answers and whenever `problem` changes. */
export interface StoreStatus {
  /** Stored deliveries that are not settled. */
  readonly pending: number;
  /** Deliveries given up since start, by count or age. */
  readonly dropped: number;
  /** Transactions that failed since start. */
  readonly errors: number;
  /** What is wrong now, in a sentence; null when writes go through. */
  readonly problem: string | null;
}

export type ToThread = { readonly calls: readonly Call[] } | { readonly close: true };

export type FromThread =
  | { readonly kind: 'ready'; readonly status: StoreStatus }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly status: StoreStatus };

/** What the thread is started with. */
export interface ThreadOptions {
  readonly file: string;
  readonly syncMs: number;
  readonly maxBytes: number;
  readonly maxPendingPerTarget: number;
  readonly targets: Readonly<Record<string, TargetLimits>>;
  readonly maxCallRecords: number;
}
