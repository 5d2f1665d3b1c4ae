/*
 * The messages of the event channel, as docs/webrtc.md has them.
 */

export const SUBPROTOCOL = 'crosspoint.v1';

export interface WireConnection {
  readonly id: string;
  readonly createdAt: number;
  readonly data: string;
  readonly kind: 'client' | 'phone';
  readonly phone: { readonly number: string; readonly state: 'dialing' | 'ringing' | 'active' | 'held' } | null;
}

export interface VideoDimensions {
  readonly width: number;
  readonly height: number;
}

export interface WireStream {
  readonly id: string;
  readonly connectionId: string;
  readonly createdAt: number;
  readonly name: string;
  readonly videoType: 'camera' | 'screen' | 'custom' | null;
  readonly videoDimensions: VideoDimensions | null;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  readonly muted: boolean;
}

export type DisconnectReason = 'clientDisconnected' | 'forceDisconnected' | 'networkDisconnected';
export type StreamEndReason = DisconnectReason | 'forceUnpublished' | 'mediaStopped';

export interface WireCapabilities {
  readonly publish: boolean;
  readonly subscribe: boolean;
  readonly forceMute: boolean;
  readonly forceDisconnect: boolean;
  readonly forceUnpublish: boolean;
  readonly dial: boolean;
}

export interface Connected {
  readonly type: 'connected';
  readonly key: string;
  readonly connection: WireConnection;
  readonly role: string;
  readonly capabilities: WireCapabilities;
  readonly connections: readonly WireConnection[];
  readonly streams: readonly WireStream[];
  readonly muted: boolean;
  readonly resumeSeconds: number;
}

/** Null: of a size that nobody has said. */
export type PropertyValue = boolean | string | VideoDimensions | null;

/** What of a stream its publisher changes. */
export interface StreamSettings {
  readonly hasAudio?: boolean;
  readonly hasVideo?: boolean;
  readonly videoDimensions?: VideoDimensions;
}

/** What happens in the session. */
export type Notice =
  | { readonly type: 'connectionCreated' | 'connectionChanged'; readonly connection: WireConnection }
  | { readonly type: 'connectionDestroyed'; readonly connectionId: string; readonly reason: DisconnectReason }
  | { readonly type: 'streamCreated'; readonly stream: WireStream }
  | {
      readonly type: 'streamChanged';
      readonly streamId: string;
      readonly property: 'hasAudio' | 'hasVideo' | 'muted' | 'name' | 'videoDimensions';
      readonly oldValue: PropertyValue;
      readonly newValue: PropertyValue;
    }
  | {
      readonly type: 'streamDestroyed';
      readonly streamId: string;
      readonly connectionId: string;
      readonly reason: StreamEndReason;
    }
  | {
      readonly type: 'digit';
      readonly connectionId: string;
      readonly digit: string | null;
      readonly durationMs: number;
      readonly source: 'rfc4733' | 'info' | 'inband';
    }
  | { readonly type: 'signal'; readonly from: string | null; readonly signalType: string; readonly data: string }
  | { readonly type: 'muteForced'; readonly active: boolean; readonly streamId: string | null }
  | { readonly type: 'forceDisconnected' };

export interface Reply {
  readonly type: 'reply';
  readonly re: number;
  readonly ok?: true;
  readonly error?: { readonly code: string; readonly message: string };
  readonly connectionId?: string;
  readonly streamId?: string;
  readonly quality?: { readonly [figure: string]: unknown } | null;
}

/** Numbered from 1 for each connection, without a gap. */
export type BoxMessage = { readonly n: number; readonly time: number } & (
  | Connected
  | { readonly type: 'resumed' }
  | Notice
  | Reply
);

export type Request =
  | { readonly type: 'signal'; readonly to?: string; readonly signalType: string; readonly data: string }
  | ({ readonly type: 'setStream'; readonly streamId: string } & StreamSettings)
  | { readonly type: 'forceMuteStream' | 'forceUnpublish'; readonly streamId: string }
  | { readonly type: 'forceMuteAll'; readonly active: boolean; readonly excludedStreams: readonly string[] }
  | { readonly type: 'forceDisconnect' | 'hangUp'; readonly connectionId: string }
  | { readonly type: 'dial'; readonly uri?: string; readonly number?: string }
  | { readonly type: 'hold' | 'mute'; readonly connectionId: string; readonly on: boolean }
  | { readonly type: 'sendDigits'; readonly connectionId: string; readonly digits: string }
  | { readonly type: 'quality'; readonly connectionId?: string; readonly streamId?: string }
  | { readonly type: 'disconnect' | 'ping' };

export const closeCodes = {
  normal: 1000,
  tryLater: 1013,
  unauthorized: 4401,
  forced: 4403,
  replaced: 4409,
  tooLate: 4410,
} as const;
