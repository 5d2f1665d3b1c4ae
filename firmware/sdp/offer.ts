import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { telephoneEventsFor } from '../../pipelines/codecs/telephone-event.ts';
import type { Dtls, Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import type { Agreed } from './agreed.ts';
import { isDecodable } from './codec-table.ts';
import { formatDescription } from './format-description.ts';
import { offerSecurity } from './media-security.ts';
import { parseDescription } from './parse-description.ts';
import { numberFormats } from './payload-numbers.ts';
import { audioBefore, inPlace } from './previous-lines.ts';
import type { Direction, PayloadFormat } from './session-description.ts';

/** What we put into a description. */
export interface OurMedia {
  /** IP address that the far end sends to. */
  address: string;
  /** RTCP is on the next one. */
  rtpPort: number;
  /** Of the o= line: the same in every description of one call. */
  sessionId: number;
  /** Of the o= line: one more with each description that differs from the one before (`nextVersion`). */
  version: number;
  /** In the order of our preference. Those that we cannot decode count for bridges alone. */
  codecs: readonly AudioCodec[];
  /** Of the codecs that both have, which one we send: the first of the offer's (the default), or of our list. */
  order?: 'theirs' | 'ours';
  /** Formats that are only passed on: another leg has them. */
  relay?: readonly PayloadFormat[];
  /** What we wish: sendonly or inactive hold the far end. Default sendrecv. */
  direction?: Direction;
  /** RTCP on the RTP port (RFC 5761): never, where it is offered, or offered by us too. Default accept. */
  rtcpMux?: 'refuse' | 'accept' | 'offer';
  /** Packet time that we ask for. Default 20. */
  packetMs?: Agreed['packetMs'];
  /**
   * Plain RTP (the default), SRTP alone, SRTP where the far end has it, DTLS-SRTP alone. The second and the third are
   * offered by SDES; of others' offers they take DTLS-SRTP as well.
   */
  security?: 'none' | 'sdes' | 'prefer-sdes' | 'dtls';
  /** Of our certificate; absent where there is no DTLS-SRTP. */
  fingerprint?: Fingerprint;
  /** The DTLS association that there is, as it was agreed on. */
  dtls?: Dtls['dtls'];
  /** Who we are where an offer leaves the choice. Default active (RFC 5763 §5). */
  answerSetup?: 'active' | 'passive';
  /** What SRTP by SDES is taken with, and offered in this order. Default: SRTP_SUITES. */
  suites?: readonly SrtpSuite[];
  /** Where keys come from. Default: the system's. */
  randomBytes?: (size: number) => Buffer;
  /** Our last description in this dialog: its lines, numbers and keys stay as they are (RFC 3264 §8). */
  previous?: string;
  /** A key of ours in place of the one in `previous`, after the death of the media worker that counted its packets. */
  rekey?: boolean;
}

/** Packet time that we ask for, ms. */
export const DEFAULT_PACKET_MS = 20;

/**
 * An offer of one audio stream, with telephone-event (RFC 3264 §5); with `previous` a later one of the same call (§8),
 * and the answer to an INVITE without an offer as well.
 * @throws CrosspointError sdp.bad-address
 */
export function makeOffer(ours: OurMedia): string {
  return offerFormats(ours, [...ours.codecs.filter(isDecodable), ...(ours.relay ?? [])].map(asFormat));
}

/**
 * An offer of these formats in this order. Their numbers are kept where nobody else has them.
 * @param events telephone-event; default: at each clock rate of the formats
 * @throws CrosspointError sdp.bad-address
 */
export function offerFormats(
  ours: OurMedia,
  formats: readonly PayloadFormat[],
  events: readonly PayloadFormat[] = eventsFor(formats),
): string {
  const previous = ours.previous === undefined ? null : parseDescription(ours.previous);
  const before = audioBefore(previous);
  const payloads = numberFormats(formats, events, before?.payloads ?? []);
  const security = offerSecurity(ours, before);
  const line = {
    kind: 'audio',
    port: ours.rtpPort,
    ...security,
    formats: payloads.map(({ payloadType }) => String(payloadType)),
    payloads,
    address: ours.address,
    rtcp: null,
    // What was agreed stays offered (RFC 5761 §5.1.3); with DTLS it saves an association.
    rtcpMux: ours.rtcpMux === 'offer' || security.dtls !== undefined || (before?.rtcpMux ?? false),
    ptime: ours.packetMs ?? DEFAULT_PACKET_MS,
    maxptime: null,
    direction: ours.direction ?? 'sendrecv',
  };
  return formatDescription({
    origin: originOf(ours),
    timing: previous?.timing ?? { start: 0, stop: 0 },
    media: inPlace(line, previous),
  });
}

function asFormat({ payloadType, name, clockRate, channels, fmtp }: PayloadFormat): PayloadFormat {
  return { payloadType, name, clockRate, channels, fmtp };
}

/** Telephone-event at the clock rates of these formats. */
export function eventsFor(formats: readonly PayloadFormat[]): PayloadFormat[] {
  const events = telephoneEventsFor(formats.flatMap(({ clockRate }) => clockRate ?? []));
  return events.length > 0 ? events : telephoneEventsFor([8000]);
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
