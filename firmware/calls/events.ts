import type { CallId, ConnectionId, ProjectId, SessionId } from '../base/ids.ts';
import type { PlayEnd } from '../media/players.ts';
import type { Side, SideProblem } from '../quality/call-media.ts';
import type { DigitWay } from './side-terms.ts';
import type { CallState } from './state.ts';
import type { Verdict } from './verdict.ts';

/** What identifies a call in every event about it. */
export interface CallRef {
  readonly id: CallId;
  readonly project: ProjectId;
  /** null for a call that is in no session: the built-in tone and echo numbers, one that its script has not put into any. */
  readonly session: SessionId | null;
  readonly connection: ConnectionId | null;
  readonly createdAt: number;
  /** Whose the session is; absent: the call's own project's. */
  readonly host?: ProjectId;
}

/** Whose the session is that a call is in. */
export function hostOf({ host, project }: Pick<CallRef, 'host' | 'project'>): ProjectId {
  return host ?? project;
}

/** Who muted a call, or unmuted it: the application, the phone with *6, or the box's operator. */
export const muters = ['moderator', 'participant', 'operator'] as const;
export type MutedBy = (typeof muters)[number];

export interface PressedDigit {
  /** When it ended, or INFO told of it. */
  readonly time: number;
  readonly side: Side;
  /** Null where the configuration does not let it be told. */
  readonly digit: string | null;
  readonly durationMs: number;
  readonly source: DigitWay;
}

/** How something ended that was played to a call, or to everybody of its session. */
export interface PlayedToCall {
  readonly player: string;
  readonly reason: PlayEnd['reason'];
  readonly playedMs: number;
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
  /** Nobody hears its far end any more, or everybody does again. */
  | (Base & { readonly type: 'callMuteChanged'; readonly muted: boolean; readonly by: MutedBy })
  /** A far end has pressed a key. */
  | (Base & { readonly type: 'callDigit' } & Omit<PressedDigit, 'time'>)
  /** Something that was played to it is over; not told of what the call's own end cut off. */
  | (Base & { readonly type: 'callPlayEnded' } & PlayedToCall)
  | (Base & { readonly type: 'callDestroyed'; readonly reason: Verdict });
