import type { CallId } from '../base/ids.ts';
import type { ConnectTarget, Continuation, Prompt, Script } from './action.ts';
import type { Keys } from './keys.ts';
import type { Outcome } from './outcome.ts';
import type { Player } from './play-prompt.ts';
import type { RoomGuest, Rooms } from './rooms.ts';
import type { ScriptedCall } from './scripted-call.ts';

/** What an action leaves behind: the rest of the script, another one, or nothing more. */
export type After =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'script'; readonly script: Script }
  | { readonly kind: 'hang-up' };

export const GO_ON: After = { kind: 'go-on' };
export const HANG_UP: After = { kind: 'hang-up' };

/** A call that a call's script has placed. */
export interface Child {
  readonly run: Acting;
  /** It was answered, and what it was to hear or do before it is joined is over. Never so for one that ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, or somebody has led it elsewhere. */
  readonly gone: Promise<void>;
}

/** A call as its actions see it. */
export interface Acting extends RoomGuest, Player {
  readonly id: CallId;
  readonly call: ScriptedCall['call'];
  readonly keys: Keys;
  /** Ends with the call. */
  readonly life: AbortSignal;
  readonly rooms: Rooms;
  room: ScriptedCall['room'];
  readonly depth: number;
  /** Asks what a continuation leads to: what the answer says takes the place of the rest. */
  continue(continuation: Continuation, outcome: Outcome, signal: AbortSignal): Promise<After>;
  /** The script goes on. */
  actionFailed(error: unknown): void;
  /** @throws CrosspointError as `ScriptsPort.place` */
  placeChild(target: ConnectTarget, terms: ChildTerms): Promise<Child>;
  play(prompts: readonly Prompt[], signal: AbortSignal): Promise<void>;
}

export interface ChildTerms {
  readonly from: string | null;
  readonly ringMs: number;
  readonly limitMs: number;
}
