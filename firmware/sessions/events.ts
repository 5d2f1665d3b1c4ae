import type { ConnectionId, ProjectId, SessionId, StreamId } from '../base/ids.ts';
import type { VideoType } from './notices.ts';

export type ConnectionEndReason = 'clientDisconnected' | 'forceDisconnected' | 'networkDisconnected';
export type StreamEndReason = ConnectionEndReason | 'forceUnpublished' | 'mediaStopped';

export interface ConnectionRef {
  readonly id: ConnectionId;
  readonly createdAt: number;
  /** The token's connection_data, at most 1024 characters. */
  readonly data: string;
}

interface Base {
  readonly time: number;
  readonly project: ProjectId;
  readonly session: SessionId;
}

/** Session monitoring (CONTRACT §1.13). */
export type SessionEvent =
  | (Base & { readonly type: 'sessionCreated' | 'sessionDestroyed' })
  | (Base & { readonly type: 'connectionCreated'; readonly connection: ConnectionRef })
  | (Base & {
      readonly type: 'connectionDestroyed';
      readonly connection: ConnectionRef;
      readonly reason: ConnectionEndReason;
    })
  | (Base & { readonly type: 'streamCreated'; readonly connection: ConnectionRef; readonly stream: StreamRef })
  | (Base & {
      readonly type: 'streamDestroyed';
      readonly connection: ConnectionRef;
      readonly stream: StreamRef;
      readonly reason: StreamEndReason;
    });

export interface StreamRef {
  readonly id: StreamId;
  readonly createdAt: number;
  readonly name: string;
  /** Absent without video. */
  readonly videoType?: VideoType;
}
