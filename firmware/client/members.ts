import type { Connection, Phone, Stream } from './crosspoint.d.ts';
import type { VideoDimensions, WireConnection, WireStream } from './wire.ts';

/** Somebody in a session. The objects stay the same while what they say changes. */
export class Member implements Connection {
  readonly connectionId: string;
  readonly id: string;
  readonly creationTime: number;
  readonly data: string;
  readonly kind: 'client' | 'phone';
  phone: Phone | null;

  constructor({ id, createdAt, data, kind, phone }: WireConnection) {
    this.connectionId = id;
    this.id = id;
    this.creationTime = createdAt;
    this.data = data;
    this.kind = kind;
    this.phone = phone;
  }
}

/** Of a stream without one, or of a size that nobody has said. */
export const NO_PICTURE: VideoDimensions = { width: 0, height: 0 };

/** What somebody publishes. */
export class MemberStream implements Stream {
  readonly streamId: string;
  readonly id: string;
  readonly connection: Member;
  readonly creationTime: number;
  readonly videoType: 'camera' | 'screen' | 'custom' | undefined;
  videoDimensions: VideoDimensions;
  name: string;
  hasAudio: boolean;
  hasVideo: boolean;
  muted: boolean;

  constructor(connection: Member, stream: WireStream) {
    this.streamId = stream.id;
    this.id = stream.id;
    this.connection = connection;
    this.creationTime = stream.createdAt;
    this.videoType = stream.videoType ?? undefined;
    this.videoDimensions = stream.videoDimensions ?? NO_PICTURE;
    this.name = stream.name;
    this.hasAudio = stream.hasAudio;
    this.hasVideo = stream.hasVideo;
    this.muted = stream.muted;
  }
}
