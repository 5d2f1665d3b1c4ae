/**
 * RFC 3389: what a far end wants to be heard while it says nothing. Taken where it is offered beside a codec of the same
 * clock, rendered at its level, never sent and never asked for: what we send goes on while nobody speaks.
 */
export const COMFORT_NOISE = {
  name: 'CN',
  payloadType: 13,
  clockRate: 8000,
  channels: 1,
  sampleRate: 8000,
  implementation: 'comfort-noise',
  fmtp: null,
} as const;
