import type { CallRef } from '../calls/events.ts';
import type { ScriptWarning } from './action.ts';
import type { Telling } from './leader.ts';

interface Base {
  /** When it happened, milliseconds since 1970. */
  readonly time: number;
  readonly call: CallRef;
}

/** What scripts have written down to be told. */
export type ScriptEvent =
  /** For the application alone: a webhook, with its own address. */
  | (Base & { readonly type: 'applicationTold'; readonly telling: Telling })
  /** Nobody is told of it, unless the process ends before the call. */
  | (Base & { readonly type: 'lastWordsKept'; readonly tellings: readonly Telling[] })
  /** For the operator: something in a document counts for nothing. */
  | (Base & {
      readonly type: 'scriptWarned';
      /** Without its query; null: the document came with a request. */
      readonly url: string | null;
      readonly warnings: readonly ScriptWarning[];
    });
