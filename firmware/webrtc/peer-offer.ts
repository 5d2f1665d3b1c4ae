import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import { CrosspointError } from '../base/errors.ts';
import { commonCodecs, eventsBeside, formatNames, telephoneEventsOf } from '../sdp/common-codecs.ts';
import { flowOf } from '../sdp/direction.ts';
import { parseDescription } from '../sdp/parse-description.ts';
import type { MediaDescription, PayloadFormat, SessionDescription } from '../sdp/session-description.ts';
import { ACCEPTED_MEDIA } from './accepted-media.ts';
import { type MediaTransport, type PeerIce, readTransportLines } from './transport-lines.ts';

/** Whether the far end publishes to us, or subscribes to what we send. */
export type PeerRole = 'publisher' | 'subscriber';

/** An offer of a WebRTC client that can be answered. */
export interface PeerOffer {
  readonly timing: SessionDescription['timing'];
  /** Every m= line in turn, with its mid. */
  readonly lines: readonly (MediaDescription & Pick<MediaTransport, 'mid'>)[];
  /** Which of them is taken. */
  readonly audio: number;
  /** Whether it has an a=group:BUNDLE. */
  readonly bundled: boolean;
  readonly ice: PeerIce;
  readonly fingerprints: Fingerprint[];
  readonly opus: PayloadFormat;
  /** At most one for each clock rate. */
  readonly telephoneEvents: readonly PayloadFormat[];
}

/** What an answer says nothing about. They are most of a browser's offer, and the reader below has a limit. */
const UNREAD = /^a=(?:candidate|ssrc|ssrc-group|rtcp-fb|extmap|msid|rid|simulcast):.*(?:\r\n|\r|\n|$)/gm;

/**
 * Reads an offer of WHIP (RFC 9725) or WHEP.
 * @throws CrosspointError sdp.malformed, sdp.too-large, sdp.no-audio, sdp.no-common-codec (no Opus), sdp.direction,
 *   sdp.not-bundled, sdp.no-rtcp-mux, sdp.no-ice, sdp.no-fingerprint, sdp.setup-passive, sdp.protocol-unsupported
 */
export function readPeerOffer(text: string, role: PeerRole): PeerOffer {
  const { media, timing } = parseDescription(text.replace(UNREAD, ''));
  const transport = readTransportLines(text);
  const lines = media.map((line, index) => ({ ...line, mid: transport.media[index]?.mid ?? null }));
  const offered = (index: number) => lines[index]?.port !== 0 || transport.media[index]?.bundleOnly === true;
  const audio = lines.findIndex(({ kind }, index) => kind === 'audio' && offered(index));
  const line = lines[audio];
  if (!line) throw new CrosspointError('sdp.no-audio', 'no audio is offered');
  checkTransport(line, lines.length, transport.bundle);
  // Of lines in one transport the first one of the group says what it is (RFC 9143 §7.1.3).
  const tagged = transport.bundle?.[0];
  const first = tagged === undefined ? -1 : lines.findIndex(({ mid }) => mid === tagged);
  const ice = transport.media[audio]?.ice ?? transport.media[first]?.ice;
  if (!ice) throw new CrosspointError('sdp.no-ice', 'the offer has no a=ice-ufrag and a=ice-pwd');
  checkDirection(line, role);
  return {
    timing,
    lines,
    audio,
    bundled: transport.bundle !== null,
    ice,
    fingerprints: fingerprintsOf(line.dtls ?? lines[first]?.dtls),
    ...formatsOf(line),
  };
}

function checkTransport(
  { protocol, rtcpMux, mid }: PeerOffer['lines'][number],
  lines: number,
  bundle: readonly string[] | null,
): void {
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

function checkDirection({ direction }: MediaDescription, role: PeerRole): void {
  const { sends, receives } = flowOf(direction);
  if (role === 'publisher' ? sends : receives) return;
  const asked = role === 'publisher' ? 'sendonly to publish' : 'recvonly to subscribe';
  throw new CrosspointError('sdp.direction', `the offer's audio is ${direction}; it has to be ${asked}`);
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

function formatsOf(line: MediaDescription): Pick<PeerOffer, 'opus' | 'telephoneEvents'> {
  const codecs = ACCEPTED_MEDIA.get('audio') ?? [];
  const opus = commonCodecs(line, codecs)[0]?.format;
  if (!opus)
    throw new CrosspointError(
      'sdp.no-common-codec',
      `no audio codec in common – offered: ${formatNames(line)}; we have: ${codecs.map(({ name }) => name).join(', ')}`,
    );
  return {
    opus,
    telephoneEvents: eventsBeside(
      telephoneEventsOf(line),
      codecs.map(({ clockRate }) => clockRate),
    ),
  };
}
