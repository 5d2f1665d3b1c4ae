import type { ProjectId } from '../base/ids.ts';
import type { EndedBy } from '../calls/call.ts';
import type { Verdict } from '../calls/verdict.ts';
import type {
  Conference,
  ConnectTarget,
  Continuation,
  EventTarget,
  RecordTerms,
  Script,
  ScriptWarning,
} from './action.ts';
import type { Outcome, Recorded } from './outcome.ts';
import type { ScriptedCall } from './scripted-call.ts';
import type { WebDocument, WebFailure, WebRequest, WebTarget } from './web.ts';

/** Where a call's next script comes from. */
export type ScriptSource =
  | { readonly kind: 'fetch'; readonly target: WebTarget; readonly fallback: WebTarget | null }
  | { readonly kind: 'script'; readonly script: Script };

/** What happens to a scripted call, for those whom its application wants told. */
export type Happening =
  | { readonly kind: 'initiated' }
  | { readonly kind: 'ringing' }
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'ended';
      readonly verdict: Verdict;
      readonly by: EndedBy;
      /** Since it was answered; null: it never was. */
      readonly seconds: number | null;
    }
  /** Read from the document of that address; null: it came with a request. */
  | { readonly kind: 'warned'; readonly url: string | null; readonly warnings: readonly ScriptWarning[] }
  /** A document could not be had; `next` is what is done about it. */
  | { readonly kind: 'document-failed'; readonly failure: WebFailure; readonly next: 'fallback' | 'hang-up' }
  /** An action could not be carried out. */
  | { readonly kind: 'action-failed'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'conference';
      readonly what: 'start' | 'end' | 'join' | 'leave';
      readonly action: Conference;
      /** The session that the room is. */
      readonly session: string;
      /** Made for the room's life. */
      readonly roomId: string;
      readonly events: EventTarget | null;
    }
  | {
      readonly kind: 'recording';
      readonly what: 'started' | 'completed' | 'failed';
      readonly terms: RecordTerms;
      readonly source: 'record' | 'connect' | 'conference' | 'call';
      readonly recorded: Recorded | null;
      readonly id: string;
    }
  | { readonly kind: 'transferred'; readonly from: string | null; readonly to: string | null };

/** A webhook: it is told through the outbox, in order per call, at least once. */
export interface Telling {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** json: the fields as an object; form: as application/x-www-form-urlencoded; with GET both go into the query. */
  readonly format: 'json' | 'form';
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a dialect knows of one call, from its beginning to its end. Every method is pure but for what it keeps of the call. */
export interface Leader {
  /** null: no script of its own leads it (it is only joined with another). */
  readonly first: ScriptSource | null;
  /** What is asked for: `failed` when this is the fallback of another. */
  ask(continuation: Continuation, outcome: Outcome, failed: WebFailure | null): WebRequest;
  /** A leader that knows itself what follows answers here, and nobody is asked; null: the script goes on. */
  answer?(continuation: Continuation, outcome: Outcome): Script | null;
  /**
   * Reads a document. null: it says nothing, the script goes on where it is.
   * @throws CrosspointError script.not-a-script
   */
  read(document: WebDocument): Script | null;
  /** Who is told of that, and what. */
  happened(happening: Happening): readonly Telling[];
  /** What is told of the call's end where the service itself ends before it, as things stand now; absent: nothing is. */
  lastWords?(): readonly Telling[];
  /** Who is told of a key that the far end has pressed, whatever the script does; absent: nobody. */
  pressed?(key: string): readonly Telling[];
  /** The whole call is recorded so, from when it is answered; absent: it is not. */
  readonly records?: RecordTerms | null;
  /** Where the fallback of a continuation is; null: there is none. */
  readonly fallback: WebTarget | null;
  /** Said to a caller whose script cannot be had, before it is hung up; null: nothing. */
  readonly apology: { readonly text: string; readonly language: string } | null;
  /** Who leads a call that this one is being connected with. */
  child(target: ConnectTarget, call: ScriptedCall): Leader;
}

/** An application: a dialect with the settings of one of its numbers, or of one request. */
export interface Application {
  readonly project: ProjectId;
  /** The call is not answered yet; called once for each. */
  lead(call: ScriptedCall): Leader;
}
