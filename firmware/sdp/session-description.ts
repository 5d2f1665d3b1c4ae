import type { DtlsLines } from './dtls-lines.ts';

/** From the side of whoever wrote the description (RFC 3264 §5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One RTP payload type of an m= line, with its a=rtpmap or what RFC 3551 fixes for it. */
export interface PayloadFormat {
  payloadType: number;
  /** Null for a dynamic number without a=rtpmap. */
  name: string | null;
  clockRate: number | null;
  channels: number;
  /** What follows the number in a=fmtp, raw. */
  fmtp: string | null;
}

export interface MediaDescription {
  /** "audio", "video", "application"… */
  kind: string;
  /** 0: the stream is refused or switched off. */
  port: number;
  /** "RTP/AVP", "udptl"… as written, since an answer repeats it. */
  protocol: string;
  /** As in the m= line, so that a line that we do not understand can be answered. */
  formats: string[];
  /** The same, in the same order, where the protocol is RTP. */
  payloads: PayloadFormat[];
  /** Of the media's own c= line, else of the session's. An IP address or a name; null without any. */
  address: string | null;
  /** RFC 3605; null: RTP port + 1. Address null: that of the media. */
  rtcp: { port: number; address: string | null } | null;
  /** RFC 5761: RTCP can come on the RTP port. */
  rtcpMux: boolean;
  /** Milliseconds. */
  ptime: number | null;
  maxptime: number | null;
  /** Values of a=crypto (RFC 4568), raw. They hold keys. */
  crypto: string[];
  /** Of a line with a=fingerprint. */
  dtls?: DtlsLines | undefined;
  /** The media's own, else the session's, else sendrecv. */
  direction: Direction;
}

/** A description (RFC 4566), reduced to what offer and answer need. */
export interface SessionDescription {
  /** Null when the o= line is missing or malformed: nothing here depends on a peer's. */
  origin: { username: string; sessionId: string; version: string; address: string } | null;
  /** t=, which an answer repeats (RFC 3264 §6). */
  timing: { start: number; stop: number };
  media: MediaDescription[];
}
