import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import { CrosspointError, isCrosspointError } from '../base/errors.ts';
import {
  codecNames,
  commonCodecs,
  eventsBeside,
  formatNames,
  listed,
  telephoneEventsOf,
} from '../sdp/common-codecs.ts';
import { flowOf } from '../sdp/direction.ts';
import { parseDescription } from '../sdp/parse-description.ts';
import type { MediaDescription, PayloadFormat, SessionDescription } from '../sdp/session-description.ts';
import type { AcceptedMedia } from './accepted-media.ts';
import { readFeedbackLines } from './feedback-lines.ts';
import { readHeaderExtensions } from './header-extensions.ts';
import { readSimulcastLines } from './simulcast-lines.ts';
import { type MediaTransport, type PeerIce, readTransportLines } from './transport-lines.ts';
import { type VideoFormat, videoFormats } from './video-formats.ts';

/** Whether the far end publishes to us, or subscribes to what we send. */
export type PeerRole = 'publisher' | 'subscriber';

export interface OfferedAudio {
  /** Which of the m= lines. */
  readonly line: number;
  readonly opus: PayloadFormat;
  /** At most one for each clock rate. */
  readonly telephoneEvents: readonly PayloadFormat[];
}

export interface OfferedVideo {
  readonly line: number;
  /** At least one, in our order. */
  readonly formats: readonly VideoFormat[];
  /** What its packets may have in their headers: id by name. */
  readonly extensions: ReadonlyMap<string, number>;
  /** RIDs of the layers that it may come in; null: it comes in one. */
  readonly layers: readonly string[] | null;
}

/** An offer of a WebRTC client that can be answered. */
export interface PeerOffer {
  readonly timing: SessionDescription['timing'];
  /** Every m= line in turn, with its mid. */
  readonly lines: readonly PeerLine[];
  /** Null: none that can be taken. Not both are null. */
  readonly audio: OfferedAudio | null;
  readonly video: OfferedVideo | null;
  /** Whether it has an a=group:BUNDLE. */
  readonly bundled: boolean;
  readonly ice: PeerIce;
  readonly fingerprints: Fingerprint[];
}

export type PeerLine = MediaDescription & Pick<MediaTransport, 'mid'>;

/** What is not read here, or by hand. They are most of a browser's offer, and the reader below has a limit. */
const UNREAD = /^a=(?:candidate|ssrc|ssrc-group|rtcp-fb|extmap|msid|rid|simulcast):.*(?:\r\n|\r|\n|$)/gm;

/**
 * Reads an offer of WHIP (RFC 9725) or WHEP. Video that cannot be taken is passed over where there is audio.
 * @throws CrosspointError sdp.malformed, sdp.too-large, sdp.no-media, sdp.no-common-codec, sdp.direction,
 *   sdp.not-bundled, sdp.no-rtcp-mux, sdp.no-ice, sdp.no-fingerprint, sdp.setup-passive, sdp.protocol-unsupported
 */
export function readPeerOffer(text: string, role: PeerRole, accepted: AcceptedMedia): PeerOffer {
  const { media, timing } = parseDescription(text.replace(UNREAD, ''));
  const transport = readTransportLines(text);
  const feedback = readFeedbackLines(text);
  const extensions = readHeaderExtensions(text);
  const layers = readSimulcastLines(text);
  const lines = media.map((line, index) => ({ ...line, mid: transport.media[index]?.mid ?? null }));
  const offered = (index: number) => lines[index]?.port !== 0 || transport.media[index]?.bundleOnly === true;
  const taken = <T>(wanted: string, read: (line: PeerLine, index: number) => T) => {
    const index = lines.findIndex(({ kind }, each) => kind === wanted && offered(each));
    const line = lines[index];
    if (!line) return null;
    return problemOr(() => {
      checkTransport(line, lines.length, transport.bundle);
      checkDirection(line, role);
      return read(line, index);
    });
  };
  const { audio, video } = whatIsTaken(
    taken('audio', (line, index) => audioOf(line, index, accepted)),
    taken('video', (line, index) => ({
      line: index,
      formats: formatsOf(line, feedback[index] ?? [], accepted),
      extensions: extensions[index] ?? new Map<string, number>(),
      layers: layers[index] ?? null,
    })),
  );
  const main = audio?.line ?? video?.line ?? 0;
  // Of lines in one transport the first one of the group says what it is (RFC 9143 §7.1.3).
  const tagged = transport.bundle?.[0];
  const first = tagged === undefined ? -1 : lines.findIndex(({ mid }) => mid === tagged);
  const ice = transport.media[main]?.ice ?? transport.media[first]?.ice;
  if (!ice) throw new CrosspointError('sdp.no-ice', 'the offer has no a=ice-ufrag and a=ice-pwd');
  return {
    timing,
    lines,
    audio,
    video,
    bundled: transport.bundle !== null,
    ice,
    fingerprints: fingerprintsOf(lines[main]?.dtls ?? lines[first]?.dtls),
  };
}

function problemOr<T>(read: () => T): T | CrosspointError {
  try {
    return read();
  } catch (error) {
    if (isCrosspointError(error)) return error;
    throw error;
  }
}

/** Audio that is offered and cannot be had is a refusal: whoever offers it must not believe that it is heard. */
function whatIsTaken(
  audio: OfferedAudio | CrosspointError | null,
  video: OfferedVideo | CrosspointError | null,
): Pick<PeerOffer, 'audio' | 'video'> {
  const takenVideo = isCrosspointError(video) ? null : video;
  if (!isCrosspointError(audio) && (audio || takenVideo)) return { audio, video: takenVideo };
  // In the other direction it is not for us.
  if (isCrosspointError(audio) && audio.code === 'sdp.direction' && takenVideo)
    return { audio: null, video: takenVideo };
  throw audio ?? video ?? new CrosspointError('sdp.no-media', 'neither audio nor video is offered');
}

function checkTransport({ protocol, rtcpMux, mid }: PeerLine, lines: number, bundle: readonly string[] | null): void {
  if (!/^UDP\/TLS\/RTP\/SAVPF?$/i.test(protocol))
    throw new CrosspointError(
      'sdp.protocol-unsupported',
      `the offer wants ${protocol.slice(0, 40)}; we speak UDP/TLS/RTP/SAVPF`,
    );
  if (lines > 1 && (mid === null || !bundle?.includes(mid)))
    throw new CrosspointError(
      'sdp.not-bundled',
      'the offer does not bundle its media (a=group:BUNDLE): all of it goes over one transport',
    );
  if (!rtcpMux)
    throw new CrosspointError('sdp.no-rtcp-mux', 'the offer has no a=rtcp-mux: RTCP shares the port of RTP');
}

function checkDirection({ kind, direction }: MediaDescription, role: PeerRole): void {
  const { sends, receives } = flowOf(direction);
  if (role === 'publisher' ? sends : receives) return;
  const asked = role === 'publisher' ? 'sendonly to publish' : 'recvonly to subscribe';
  throw new CrosspointError('sdp.direction', `the offer's ${kind} is ${direction}; it has to be ${asked}`);
}

function fingerprintsOf(dtls: MediaDescription['dtls']): Fingerprint[] {
  const { fingerprints = [], setup = null } = dtls ?? {};
  if (fingerprints.length === 0)
    throw new CrosspointError('sdp.no-fingerprint', 'the offer has no a=fingerprint of sha-256 or better');
  if (setup === 'passive' || setup === 'holdconn')
    throw new CrosspointError(
      'sdp.setup-passive',
      `the offer says a=setup:${setup}; the far end has to begin, so that it says actpass or active`,
    );
  return fingerprints;
}

function audioOf(line: PeerLine, index: number, { audio: codecs }: AcceptedMedia): OfferedAudio {
  const opus = commonCodecs(line, codecs)[0]?.format;
  if (!opus) throw noCommonCodec(line, codecs);
  const events = eventsBeside(
    telephoneEventsOf(line),
    codecs.map(({ clockRate }) => clockRate),
  );
  return { line: index, opus, telephoneEvents: events };
}

function formatsOf(
  line: PeerLine,
  feedback: Parameters<typeof videoFormats>[1],
  { video: codecs }: AcceptedMedia,
): VideoFormat[] {
  const formats = videoFormats(line, feedback, codecs);
  if (formats.length === 0) throw noCommonCodec(line, codecs);
  return formats;
}

function noCommonCodec(line: MediaDescription, codecs: Parameters<typeof codecNames>[0]): CrosspointError {
  return new CrosspointError(
    'sdp.no-common-codec',
    `no ${line.kind} codec in common – offered: ${listed(formatNames(line))}; we have: ${listed(codecNames(codecs))}`,
  );
}
