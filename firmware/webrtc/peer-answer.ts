import { isIP } from 'node:net';
import { type FormatParameters, formatParameters } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import { TELEPHONE_EVENT } from '../../pipelines/codecs/telephone-event.ts';
import { VIDEO_CLOCK_RATE } from '../../pipelines/codecs/video-codec.ts';
import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { IceCredentials } from '../../pipelines/protocol/ice.ts';
import type { IceCandidate } from '../media/media.ts';
import { writeDtlsLines } from '../sdp/dtls-lines.ts';
import { refusedLine } from '../sdp/previous-lines.ts';
import type { Direction } from '../sdp/session-description.ts';
import { type AgreedAudio, type AgreedMedia, type AgreedVideo, idOf, linesTaken } from './agreed-media.ts';
import { TRANSPORT_SEQUENCE } from './header-extensions.ts';
import type { PeerLine, PeerOffer, PeerRole } from './peer-offer.ts';
import { TRANSPORT_FEEDBACK } from './video-formats.ts';

/** What of an answer is ours. */
export interface OurPeer {
  /** Where connectivity checks reach us, best first. */
  readonly candidates: readonly IceCandidate[];
  readonly credentials: IceCredentials;
  readonly fingerprint: Fingerprint;
  /** Of the o= line: 1 to 19 digits (RFC 9429 §5.2.1). */
  readonly sessionId: string;
  /** What a subscriber receives. */
  readonly sends: SentTracks | null;
}

export interface SentTracks {
  /** Of a=msid (RFC 8830): letters, digits, "-". What is played together has one. */
  readonly stream: string;
  /** SSRC. */
  readonly audio: number;
  readonly video: SentVideo | null;
}

export interface SentVideo {
  readonly ssrc: number;
  /** Of its retransmissions. */
  readonly retransmissionSsrc: number;
}

/** Enough for speech at Opus's full bandwidth (RFC 7587 §3.1.1), bit/s. */
const MAX_AVERAGE_BITRATE = 40_000;
/** RFC 8445 §5.1.2.1, of a host; over TCP less, so that UDP is tried first (RFC 6544 §4.2), and as browsers have it. */
const TYPE_PREFERENCE = { udp: 126, tcp: 90 };
/** RFC 6544 §4.2, of a host that is connected to, in the upper three bits of the local preference. */
const PASSIVE_PREFERENCE = 4;

/** The answer to an offer: ICE-lite, passive, one stream a kind and one way; everything else refused in its place. */
export function makePeerAnswer(offer: PeerOffer, agreed: AgreedMedia, role: PeerRole, ours: OurPeer): string {
  const { lines, timing } = offer;
  const { audio, video } = agreed;
  const answer = [
    'v=0',
    `o=- ${ours.sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    `t=${timing.start} ${timing.stop}`,
    'a=ice-lite',
    'a=ice-options:trickle ice2',
    ...bundleLines(offer, agreed),
    ...(ours.sends ? [`a=msid-semantic: WMS ${ours.sends.stream}`] : []),
    ...lines.flatMap((line, index) => {
      if (index === audio?.line) return audioLines(line, audio, directionOf(audio, role), ours);
      if (index === video?.line) return videoLines(line, video, directionOf(video, role), ours);
      return refusedLines(line);
    }),
  ];
  return `${answer.join('\r\n')}\r\n`;
}

function directionOf({ flows }: AgreedAudio | AgreedVideo, role: PeerRole): Direction {
  if (!flows) return 'inactive';
  return role === 'publisher' ? 'recvonly' : 'sendonly';
}

/** RFC 9143: what is taken shares one transport. */
export function bundleLines({ lines, bundled }: Pick<PeerOffer, 'lines' | 'bundled'>, agreed: AgreedMedia): string[] {
  const mids = linesTaken(agreed).flatMap(index => lines[index]?.mid ?? []);
  return bundled && mids.length > 0 ? [`a=group:BUNDLE ${mids.join(' ')}`] : [];
}

function refusedLines(line: PeerLine): string[] {
  const { kind, protocol, formats } = refusedLine(line);
  return [
    `m=${kind} 0 ${protocol} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=inactive',
    ...(line.mid === null ? [] : [`a=mid:${line.mid}`]),
  ];
}

function audioLines(
  line: PeerLine,
  { opus, telephoneEvents, flows }: AgreedAudio,
  direction: Direction,
  ours: OurPeer,
): string[] {
  const sends = flows ? ours.sends : null;
  return [
    ...commonLines(
      line,
      [opus, ...telephoneEvents].map(({ payloadType }) => payloadType),
      direction,
      ours,
    ),
    `a=rtpmap:${opus.payloadType} opus/48000/2`,
    `a=fmtp:${opus.payloadType} ${opusParameters(formatParameters(opus.fmtp))}`,
    ...telephoneEvents.flatMap(({ payloadType, clockRate }) => [
      `a=rtpmap:${payloadType} ${TELEPHONE_EVENT.name}/${clockRate}`,
      `a=fmtp:${payloadType} ${TELEPHONE_EVENT.fmtp}`,
    ]),
    ...(sends ? trackLines(sends.stream, 'audio', [sends.audio]) : []),
  ];
}

function videoLines(line: PeerLine, agreed: AgreedVideo, direction: Direction, ours: OurPeer): string[] {
  const { format, flows, extensions, layers } = agreed;
  const { codec, payloadType, retransmission } = format;
  const feedback = format.feedback.filter(
    value => value !== TRANSPORT_FEEDBACK || idOf(agreed, TRANSPORT_SEQUENCE) !== null,
  );
  const fmtp = codec.fmtp(formatParameters(format.fmtp));
  const repeats = retransmission === null ? [] : [retransmission];
  const sent = flows ? ours.sends?.video : null;
  return [
    ...commonLines(line, [payloadType, ...repeats], direction, ours),
    ...extensions.map(({ id, name }) => `a=extmap:${id} ${name}`),
    `a=rtpmap:${payloadType} ${codec.name}/${VIDEO_CLOCK_RATE}`,
    ...feedback.map(value => `a=rtcp-fb:${payloadType} ${value}`),
    ...(fmtp === null ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    ...repeats.flatMap(type => [`a=rtpmap:${type} rtx/${VIDEO_CLOCK_RATE}`, `a=fmtp:${type} apt=${payloadType}`]),
    // RFC 8853 §5.3.2, RFC 8851 §5.
    ...(layers ? [...layers.map(rid => `a=rid:${rid} recv`), `a=simulcast:recv ${layers.join(';')}`] : []),
    ...(ours.sends && sent ? sentVideoLines(ours.sends.stream, sent, retransmission !== null) : []),
  ];
}

function sentVideoLines(stream: string, { ssrc, retransmissionSsrc }: SentVideo, repeats: boolean): string[] {
  if (!repeats) return trackLines(stream, 'video', [ssrc]);
  // RFC 5576 §4.2, RFC 4588 §8.
  return [`a=ssrc-group:FID ${ssrc} ${retransmissionSsrc}`, ...trackLines(stream, 'video', [ssrc, retransmissionSsrc])];
}

/** Transport, security, direction. All of it in each line, as browsers do, though the bundle's first one would do. */
function commonLines(line: PeerLine, payloadTypes: readonly number[], direction: Direction, ours: OurPeer): string[] {
  const { kind, mid, protocol } = line;
  const { candidates, fingerprint } = ours;
  const [host] = candidates;
  return [
    `m=${kind} ${host?.port ?? 9} ${protocol} ${payloadTypes.join(' ')}`,
    host ? `c=IN IP${isIP(host.host)} ${host.host}` : 'c=IN IP4 0.0.0.0',
    ...(mid === null ? [] : [`a=mid:${mid}`]),
    ...iceLines(ours),
    ...writeDtlsLines({ fingerprints: [fingerprint], setup: 'passive', tlsId: null }),
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=${direction}`,
  ];
}

/** Our credentials and candidates, as a description and a fragment of one (RFC 8840) have them. */
export function iceLines({ credentials, candidates }: Pick<OurPeer, 'credentials' | 'candidates'>): string[] {
  return [
    `a=ice-ufrag:${credentials.ufrag}`,
    `a=ice-pwd:${credentials.password}`,
    ...candidates.map(candidateLine),
    'a=end-of-candidates',
  ];
}

/** RFC 8839 §5.1, of our one component; those of one transport are preferred as they stand. */
function candidateLine({ transport, host, port }: IceCandidate, index: number): string {
  const local = transport === 'udp' ? 65_535 - index : PASSIVE_PREFERENCE * 2 ** 13 + 8191 - index;
  const priority = TYPE_PREFERENCE[transport] * 2 ** 24 + local * 2 ** 8 + 255;
  const passive = transport === 'tcp' ? ' tcptype passive' : '';
  return `a=candidate:${index + 1} 1 ${transport} ${priority} ${host} ${port} typ host${passive}`;
}

/** RFC 7587 §6.1: mono either way, repaired after losses; whether silence is sent is the far end's wish. */
function opusParameters(theirs: FormatParameters): string {
  const dtx = theirs.get('usedtx') === '1' ? 'usedtx=1;' : '';
  return `${OPUS.fmtp};${dtx}stereo=0;sprop-stereo=0;maxaveragebitrate=${MAX_AVERAGE_BITRATE}`;
}

function trackLines(stream: string, kind: 'audio' | 'video', ssrcs: readonly number[]): string[] {
  const track = `${stream} ${stream}-${kind}`;
  return [
    `a=msid:${track}`,
    ...ssrcs.flatMap(ssrc => [`a=ssrc:${ssrc} cname:${stream}`, `a=ssrc:${ssrc} msid:${track}`]),
  ];
}
