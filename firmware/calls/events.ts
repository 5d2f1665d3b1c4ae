import type { CallId, ConnectionId, ProjectId, SessionId } from '../base/ids.ts';
import type { SideProblem } from '../quality/call-media.ts';
import type { CallState } from './state.ts';
import type { Verdict } from './verdict.ts';

/** What identifies a call in every event about it. */
export interface CallRef {
  readonly id: CallId;
  readonly project: ProjectId;
  /** null for a call that is in no session (the built-in tone and echo numbers). */
  readonly session: SessionId | null;
  readonly connection: ConnectionId | null;
  readonly createdAt: number;
}

interface Base {
  /** When it happened, milliseconds since 1970. */
  readonly time: number;
  readonly call: CallRef;
}

export type CallEvent =
  | (Base & { readonly type: 'callCreated' })
  | (Base & { readonly type: 'callUpdated'; readonly state: CallState })
  /** Something keeps the parties from hearing each other, is known better, or (`present` false) is over. */
  | (Base & { readonly type: 'callMediaChanged'; readonly problem: SideProblem; readonly present: boolean })
  | (Base & { readonly type: 'callDestroyed'; readonly reason: Verdict });
