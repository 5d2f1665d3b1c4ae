import type { CallId, SessionId } from '../base/ids.ts';
import type { Call } from '../calls/call.ts';
import type { Prompt } from './action.ts';
import type { Leader, ScriptSource } from './leader.ts';

/** How an INVITE came. */
export interface Arrival {
  readonly sipCallId: string;
  readonly requestUri: string;
  /** Address of whom it came from. */
  readonly source: string;
  /** Who digest says it is. */
  readonly user: string | null;
  /** The call of the box's own that has come back as this one; null: it comes from elsewhere. */
  readonly ownCall: CallId | null;
}

/** A call that a script leads, as its dialect and the API see it. */
export interface ScriptedCall {
  readonly id: CallId;
  /** Its state, addresses, headers and stages. */
  readonly call: Call;
  readonly leader: Leader;
  /** The call whose script made this one. */
  readonly parent: ScriptedCall | null;
  /** null of a call out. */
  readonly arrival: Arrival | null;
  /** In which room it is. */
  readonly room: { readonly name: string; readonly session: SessionId } | null;
  readonly deafened: boolean;
  /**
   * Leaves what it is doing, and does that.
   * @throws CrosspointError call.not-active when it was not answered yet, or is over
   */
  redirect(source: ScriptSource): void;
  /**
   * Plays to its far end beside what its script does; what was played so before is silenced.
   * @throws CrosspointError call.not-active, media.…, script.…
   */
  playBeside(prompt: Prompt): Promise<void>;
  /** Silences that. Without effect where nothing is played so. */
  hush(): Promise<void>;
  /** Nobody hears it. @throws CrosspointError call.not-active, media.… */
  mute(on: boolean): Promise<void>;
  /** It hears nobody. @throws CrosspointError call.not-active, media.… */
  deafen(on: boolean): Promise<void>;
  /** `0-9 A-D * # p` @throws CrosspointError call.not-active, call.too-many-digits, media.… */
  sendDigits(digits: string): Promise<void>;
  /** No longer than that since its answer, or since now where it is not answered yet. */
  limitTo(ms: number): void;
  /** Resolves when its end is recorded. */
  hangUp(): Promise<void>;
}
