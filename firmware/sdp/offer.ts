import { type AudioCodec, TELEPHONE_EVENT } from './codec-table.ts';
import { formatDescription } from './format-description.ts';
import type { PayloadFormat } from './session-description.ts';

/** What we put into a description. */
export interface OurMedia {
  /** IP address that the far end sends to. */
  address: string;
  /** RTCP is on the next one. */
  rtpPort: number;
  /** Of the o= line: the same in every description of one call. */
  sessionId: number;
  /** Of the o= line: one more with each description that differs from the one before (RFC 3264 §8). */
  version: number;
  /** In the order of our preference. */
  codecs: readonly AudioCodec[];
}

/** Packet time that we ask for, ms. */
export const DEFAULT_PACKET_MS = 20;

/**
 * An offer of one audio stream both ways, with telephone-event (RFC 3264 §5).
 * @throws CrosspointError sdp.bad-address
 */
export function makeOffer(ours: OurMedia): string {
  const payloads: PayloadFormat[] = ours.codecs.map(({ name, payloadType, clockRate, channels }) => ({
    payloadType,
    name,
    clockRate,
    channels,
    fmtp: null,
  }));
  payloads.push({ ...TELEPHONE_EVENT });
  return formatDescription({
    origin: originOf(ours),
    timing: { start: 0, stop: 0 },
    media: [
      {
        kind: 'audio',
        port: ours.rtpPort,
        protocol: 'RTP/AVP',
        formats: payloads.map(({ payloadType }) => String(payloadType)),
        payloads,
        address: ours.address,
        rtcp: null,
        ptime: DEFAULT_PACKET_MS,
        maxptime: null,
        direction: 'sendrecv',
      },
    ],
  });
}

/** "-" for the user: none of our business to tell (RFC 4566 §5.2). */
export function originOf(ours: OurMedia) {
  return {
    username: '-',
    sessionId: String(ours.sessionId),
    version: String(ours.version),
    address: ours.address,
  };
}
