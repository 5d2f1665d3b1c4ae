import { isIP } from 'node:net';
import { type FormatParameters, formatParameters } from '../../pipelines/codecs/audio-codec.ts';
import { OPUS } from '../../pipelines/codecs/opus.ts';
import { TELEPHONE_EVENT } from '../../pipelines/codecs/telephone-event.ts';
import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { IceCredentials } from '../../pipelines/protocol/ice.ts';
import type { IceCandidate } from '../media/media.ts';
import { writeDtlsLines } from '../sdp/dtls-lines.ts';
import { refusedLine } from '../sdp/previous-lines.ts';
import type { PeerOffer, PeerRole } from './peer-offer.ts';

/** What of an answer is ours. */
export interface OurPeer {
  /** Where connectivity checks reach us, best first. */
  readonly candidates: readonly IceCandidate[];
  readonly credentials: IceCredentials;
  readonly fingerprint: Fingerprint;
  /** Of the o= line: 1 to 19 digits (RFC 9429 §5.2.1). */
  readonly sessionId: string;
  /** What a subscriber receives. */
  readonly sends: SentTrack | null;
}

export interface SentTrack {
  readonly ssrc: number;
  /** Of a=msid (RFC 8830): letters, digits, "-". */
  readonly stream: string;
}

/** Enough for speech at Opus's full bandwidth (RFC 7587 §3.1.1), bit/s. */
const MAX_AVERAGE_BITRATE = 40_000;
/** RFC 8445 §5.1.2.1, of a host; over TCP less, so that UDP is tried first (RFC 6544 §4.2), and as browsers have it. */
const TYPE_PREFERENCE = { udp: 126, tcp: 90 };
/** RFC 6544 §4.2, of a host that is connected to, in the upper three bits of the local preference. */
const PASSIVE_PREFERENCE = 4;

/** The answer to an offer: ICE-lite, passive, one audio stream one way, everything else refused in its place. */
export function makePeerAnswer(offer: PeerOffer, role: PeerRole, ours: OurPeer): string {
  const { lines, audio, timing, bundled } = offer;
  const mid = lines[audio]?.mid ?? null;
  const answer = [
    'v=0',
    `o=- ${ours.sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    `t=${timing.start} ${timing.stop}`,
    'a=ice-lite',
    'a=ice-options:trickle ice2',
    ...(bundled && mid !== null ? [`a=group:BUNDLE ${mid}`] : []),
    ...(ours.sends ? [`a=msid-semantic: WMS ${ours.sends.stream}`] : []),
    ...lines.flatMap((line, index) => (index === audio ? audioLines(offer, role, ours) : refusedLines(line))),
  ];
  return `${answer.join('\r\n')}\r\n`;
}

function refusedLines(line: PeerOffer['lines'][number]): string[] {
  const { kind, protocol, formats } = refusedLine(line);
  return [
    `m=${kind} 0 ${protocol} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=inactive',
    ...(line.mid === null ? [] : [`a=mid:${line.mid}`]),
  ];
}

function audioLines({ lines, audio, opus, telephoneEvents }: PeerOffer, role: PeerRole, ours: OurPeer): string[] {
  const { mid = null, protocol = '' } = lines[audio] ?? {};
  const { candidates, fingerprint, sends } = ours;
  const [host] = candidates;
  const formats = [opus, ...telephoneEvents];
  return [
    `m=audio ${host?.port ?? 9} ${protocol} ${formats.map(({ payloadType }) => payloadType).join(' ')}`,
    host ? `c=IN IP${isIP(host.host)} ${host.host}` : 'c=IN IP4 0.0.0.0',
    ...(mid === null ? [] : [`a=mid:${mid}`]),
    ...iceLines(ours),
    ...writeDtlsLines({ fingerprints: [fingerprint], setup: 'passive', tlsId: null }),
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=${role === 'publisher' ? 'recvonly' : 'sendonly'}`,
    `a=rtpmap:${opus.payloadType} opus/48000/2`,
    `a=fmtp:${opus.payloadType} ${opusParameters(formatParameters(opus.fmtp))}`,
    ...telephoneEvents.flatMap(({ payloadType, clockRate }) => [
      `a=rtpmap:${payloadType} ${TELEPHONE_EVENT.name}/${clockRate}`,
      `a=fmtp:${payloadType} ${TELEPHONE_EVENT.fmtp}`,
    ]),
    ...(sends ? trackLines(sends) : []),
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

function trackLines({ ssrc, stream }: SentTrack): string[] {
  return [
    `a=msid:${stream} ${stream}-audio`,
    `a=ssrc:${ssrc} cname:${stream}`,
    `a=ssrc:${ssrc} msid:${stream} ${stream}-audio`,
  ];
}
