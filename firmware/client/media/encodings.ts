import type { PublisherProperties } from '../crosspoint.d.ts';

/**
 * What each size is divided by, for pictures of so many pixels and more; the smallest first, as Chromium wants them. It sends no more
 * layers than these: offered three of 640 × 480, it left out the largest.
 */
const LAYERS: readonly [pixels: number, divisors: readonly number[]][] = [
  [960 * 540, [4, 2, 1]],
  [640 * 360, [2, 1]],
];

/** How a track is sent. */
export function encodingsOf(track: MediaStreamTrack, properties: PublisherProperties): RTCRtpEncodingParameters[] {
  const { audioBitrate, scalableVideo } = properties;
  if (track.kind === 'audio') return audioBitrate === undefined ? [{}] : [{ maxBitrate: audioBitrate }];
  const { width = 0, height = 0 } = track.getSettings();
  const [, divisors] = LAYERS.find(([pixels]) => width * height >= pixels) ?? [];
  if (!scalableVideo || !divisors) return [{}];
  return divisors.map((scaleResolutionDownBy, layer) => ({ rid: `l${layer}`, scaleResolutionDownBy }));
}
