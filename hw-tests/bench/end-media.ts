import { AUDIO_TYPE, VIDEO_TYPE } from './browser-sdp.ts';
import type { EndMedia } from './crowd.ts';
import { type Ear, type MediaKind, VIDEO_BITRATE, VIEWER_BITRATE } from './webrtc-server.ts';

/** SSRCs of the load: none is another's, and none a server's. */
let next = 0x1000_0000;
export const newSsrc = (): number => next++;

/** What a browser sends. */
export function sent(kind: MediaKind, ssrc: number): EndMedia {
  if (kind === 'audio') return { voice: { payloadType: AUDIO_TYPE, ssrc } };
  return { camera: { payloadType: VIDEO_TYPE, ssrc, bitrate: VIDEO_BITRATE } };
}

/** @param payloadType in which it is sent to */
export function heard(ear: Ear | undefined, payloadType: number): EndMedia {
  return ear === undefined ? {} : { hears: { ...ear, payloadType } };
}

export const seen = (kind: MediaKind): EndMedia => (kind === 'video' ? { viewerBitrate: VIEWER_BITRATE } : {});
