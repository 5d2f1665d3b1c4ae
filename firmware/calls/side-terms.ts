import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import type { SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import type { LegConfig } from '../media/media.ts';

/** How loud a far end is to be, both ways, and what is done to what it says. */
export type SideSound = Pick<LegConfig, 'gain' | 'audioProcessing'>;

export interface MediaPath {
  /** Whose packets are taken, and where ours go (leg-media.ts). */
  readonly policy: 'signalled' | 'learn-once' | 'follow';
  /** How often a leg that sends nothing sends a packet without sound, for the NATs on the way; 0 never. */
  readonly keepAliveMs: number;
}

/** Phones behind a NAT write one address in SDP and send from another (RFC 4961); RFC 6263 §6: 15 s. */
export const MEDIA_PATH: MediaPath = { policy: 'learn-once', keepAliveMs: 15_000 };

export type DigitWay = 'rfc4733' | 'info' | 'inband';

/** How digits come and go. */
export interface DigitTerms {
  readonly accept: readonly DigitWay[];
  /** `auto`: as events; to a far end that takes none as tones, or by INFO where the codec would spoil them. */
  readonly send: DigitWay | 'auto';
  /** What was recognised as a digit in the audio, or lies beside an event, is not heard by others. */
  readonly removeInband: boolean;
}

/** For far ends of no trunk. */
export const USUAL_DIGITS: DigitTerms = { accept: ['rfc4733', 'info'], send: 'auto', removeInband: false };

/** How media is negotiated with one far end. */
export interface SideTerms {
  /** In the order of preference. */
  readonly codecs: readonly AudioCodec[];
  /** Whose order decides when an offer is answered. Default theirs. */
  readonly codecOrder?: 'theirs' | 'ours';
  /** Whether media is secured: never, always, when the far end can, or always by DTLS (`OurMedia`). */
  readonly security: 'none' | 'sdes' | 'prefer-sdes' | 'dtls';
  /** Who begins a DTLS handshake where an offer leaves the choice. Default active. */
  readonly answerSetup?: 'active' | 'passive';
  /** With which suites SDES does it, in the order of our offers. Default: all. */
  readonly suites?: readonly SrtpSuite[];
  /** IP address written in SDP, where the far end sees the box under another one than most do. */
  readonly advertise?: string;
  /** RTCP on the RTP port (RFC 5761). Default accept. */
  readonly rtcpMux?: 'refuse' | 'accept' | 'offer';
  /** How the far end's packets find us, and ours it. Default: MEDIA_PATH. */
  readonly path?: MediaPath;
  /** Absent: as it is. */
  readonly sound?: SideSound;
  readonly digits: DigitTerms;
}
