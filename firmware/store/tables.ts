import type { Database } from 'better-sqlite3';
import { AnswersTable } from './answers-table.ts';
import { CallMediaTable } from './call-media-table.ts';
import { CallRecordsTable } from './call-records-table.ts';
import { DeadLetters } from './dead-letters.ts';
import { DocumentsTable } from './documents-table.ts';
import { LiveCallsTable } from './live-calls-table.ts';
import { LiveMembersTable } from './live-members-table.ts';
import { type OutboxLimits, OutboxTable } from './outbox-table.ts';
import { RecordingsTable } from './recordings-table.ts';
import type { Method, ReadCall, Result, WriteCall } from './requests.ts';
import type { DocumentKind, LiveCallChange, LiveChange } from './rows.ts';
import { SessionsTable } from './sessions-table.ts';

/** About 100 MB at most. */
const MAX_CALL_MEDIA = 20_000;

/** Carries requests out on the tables. */
export class Tables {
  readonly outbox: OutboxTable;
  readonly #db: Database;
  readonly #calls: LiveCallsTable;
  readonly #members: LiveMembersTable;
  readonly #sessions: SessionsTable;
  readonly #answers: AnswersTable;
  readonly #callMedia: CallMediaTable;
  readonly #callRecords: CallRecordsTable;
  readonly #recordings: RecordingsTable;
  readonly #documents: Readonly<Record<DocumentKind, DocumentsTable>>;
  readonly #deadLetters: DeadLetters;

  constructor(db: Database, limits: OutboxLimits, maxCallRecords: number) {
    this.#db = db;
    this.outbox = new OutboxTable(db, limits);
    this.#calls = new LiveCallsTable(db);
    this.#members = new LiveMembersTable(db);
    this.#sessions = new SessionsTable(db);
    this.#answers = new AnswersTable(db);
    this.#callMedia = new CallMediaTable(db, MAX_CALL_MEDIA);
    this.#callRecords = new CallRecordsTable(db, maxCallRecords);
    this.#recordings = new RecordingsTable(db);
    const table = (kind: DocumentKind) => new DocumentsTable(db, kind);
    this.#documents = {
      archives: table('archives'),
      callbacks: table('callbacks'),
      pins: table('pins'),
      number_forwards: table('number_forwards'),
    };
    this.#deadLetters = new DeadLetters(db, this.outbox);
  }

  /**
   * All of these or none, in one transaction; the results in the same order.
   *
   * @throws SqliteError with nothing changed
   */
  commit(writes: readonly WriteCall[]): Result<Method>[] {
    const dropped = this.outbox.dropped;
    try {
      return this.#db.transaction(() => writes.map(write => this.#write(write))).immediate();
    } catch (error) {
      this.outbox.rolledBack(dropped);
      throw error;
    }
  }

  read(call: ReadCall): Result<Method> {
    switch (call.method) {
      case 'outbox':
        return this.outbox.read(call.params.target, call.params.after, call.params.limit, call.params.key);
      case 'targets':
        return this.outbox.targets();
      case 'gaps':
        return this.outbox.gaps.all(call.params.target);
      case 'liveCalls':
        return this.#calls.all();
      case 'liveMembers':
        return this.#members.all();
      case 'sessions':
        return this.#sessions.all();
      case 'answers':
        return this.#answers.all();
      case 'callMedia':
        return this.#callMedia.get(call.params.call);
      case 'callRecord':
        return this.#callRecords.get(call.params.id);
      case 'callRecords':
        return this.#callRecords.page(call.params.filter, call.params.after, call.params.limit);
      case 'recordings':
        return this.#recordings.all();
      case 'documents':
        return this.#documents[call.params.kind].all();
      case 'backlogs':
        return this.#deadLetters.backlogs();
      case 'deadLetters':
        return this.#deadLetters.table.page(call.params.target, call.params.after, call.params.limit);
    }
  }

  #apply(change: LiveChange): void {
    if (change.kind === 'enter' || change.kind === 'leave') this.#members.apply(change);
    else this.#applyToCall(change);
  }

  #applyToCall(change: LiveCallChange): void {
    this.#calls.apply(change);
    if (change.kind === 'end' && change.record) this.#callRecords.save(change.record);
  }

  #write(call: WriteCall): Result<Method> {
    switch (call.method) {
      case 'record':
        if (call.params.change) this.#apply(call.params.change);
        return this.outbox.add(call.params.event);
      case 'settle':
        this.outbox.settle(call.params.target, call.params.rows);
        return undefined;
      case 'discard':
        return this.#deadLetters.discard(call.params.target);
      case 'prune':
        return this.#deadLetters.prune(call.params, call.params.now);
      case 'gapTold':
        this.outbox.gaps.told(call.params);
        return undefined;
      case 'bury':
        this.#deadLetters.bury(call.params.target, call.params.row, call.params.reason, call.params.now);
        return undefined;
      case 'replay':
        return this.#deadLetters.replay(call.params, call.params.now);
      case 'removeDeadLetters':
        return this.#deadLetters.table.remove(call.params);
      case 'saveSession':
        this.#sessions.save(call.params);
        return undefined;
      case 'removeSession':
        this.#sessions.remove(call.params.id);
        return undefined;
      case 'pruneSessions':
        return this.#sessions.prune(call.params.before);
      case 'saveAnswer':
        this.#answers.save(call.params);
        return undefined;
      case 'removeAnswer':
        this.#answers.remove(call.params.id);
        return undefined;
      case 'saveCallMedia':
        this.#callMedia.save(call.params);
        return undefined;
      case 'pruneCallMedia':
        return this.#callMedia.prune(call.params.before);
      case 'removeCallRecord':
        this.#callRecords.remove(call.params.id);
        return undefined;
      case 'pruneCallRecords':
        return this.#callRecords.prune(call.params.before);
      case 'saveRecording':
        this.#recordings.save(call.params);
        return undefined;
      case 'removeRecording':
        this.#recordings.remove(call.params.id);
        return undefined;
      case 'saveDocument':
        this.#documents[call.params.kind].save(call.params);
        return undefined;
      case 'removeDocument':
        this.#documents[call.params.kind].remove(call.params.id);
        return undefined;
    }
  }
}
