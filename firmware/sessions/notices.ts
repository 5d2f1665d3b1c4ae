import type { ConnectionId, StreamId } from '../base/ids.ts';
import type { ConnectionEndReason, StreamEndReason } from './events.ts';

export const phoneStates = ['dialing', 'ringing', 'active', 'held'] as const;
export type PhoneState = (typeof phoneStates)[number];

export const digitSources = ['rfc4733', 'info', 'inband'] as const;

export const videoTypes = ['camera', 'screen', 'custom'] as const;
export type VideoType = (typeof videoTypes)[number];

/** Pixels. */
export interface VideoDimensions {
  readonly width: number;
  readonly height: number;
}

/** Somebody in a session, as its members see it. */
export interface ConnectionView {
  readonly id: ConnectionId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The token's connection_data. */
  readonly data: string;
  readonly kind: 'client' | 'phone';
  /** Null of a client. */
  readonly phone: { readonly number: string; readonly state: PhoneState } | null;
}

/** What somebody publishes, as the members of the session see it. */
export interface StreamView {
  readonly id: StreamId;
  readonly connectionId: ConnectionId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly name: string;
  /** Null without video. */
  readonly videoType: VideoType | null;
  /** As whoever publishes says; null: not said. */
  readonly videoDimensions: VideoDimensions | null;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  /** Nobody hears it: a moderator, or the box's operator, has muted it. */
  readonly muted: boolean;
}

/** What of a stream can change. */
export type StreamProperties = Pick<StreamView, 'hasAudio' | 'hasVideo' | 'muted' | 'name' | 'videoDimensions'>;

type StreamChange = {
  [P in keyof StreamProperties]: {
    readonly property: P;
    readonly oldValue: StreamProperties[P];
    readonly newValue: StreamProperties[P];
  };
}[keyof StreamProperties];

/** A key that somebody has pressed. */
export interface PressedKey {
  /** Null where the configuration does not let it be told. */
  readonly digit: string | null;
  readonly durationMs: number;
  /** The way in which it was told of first. */
  readonly source: (typeof digitSources)[number];
}

export interface ConnectionDigit extends PressedKey {
  readonly connectionId: ConnectionId;
}

export interface Signal {
  /** Null: the application. */
  readonly from: ConnectionId | null;
  /** At most 128 bytes. */
  readonly signalType: string;
  /** At most 8 kB. */
  readonly data: string;
}

/** What the members of a session are told of it, at once; whoever watches from outside has the events. */
export type Notice =
  | { readonly type: 'connectionCreated' | 'connectionChanged'; readonly connection: ConnectionView }
  | {
      readonly type: 'connectionDestroyed';
      readonly connectionId: ConnectionId;
      readonly reason: ConnectionEndReason;
    }
  | { readonly type: 'streamCreated'; readonly stream: StreamView }
  | ({ readonly type: 'streamChanged'; readonly streamId: StreamId } & StreamChange)
  | {
      readonly type: 'streamDestroyed';
      readonly streamId: StreamId;
      readonly connectionId: ConnectionId;
      readonly reason: StreamEndReason;
    }
  | ({ readonly type: 'digit' } & ConnectionDigit)
  | ({ readonly type: 'signal' } & Signal)
  /** `streamId` is this member's own; null: the state of the session alone has changed. */
  | { readonly type: 'muteForced'; readonly active: boolean; readonly streamId: StreamId | null }
  | { readonly type: 'forceDisconnected' };
