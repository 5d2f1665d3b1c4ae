import { CrosspointError } from '../base/errors.ts';
import { type AgreedMedia, linesTaken } from './agreed-media.ts';
import { bundleLines, iceLines, type OurPeer } from './peer-answer.ts';
import type { PeerOffer } from './peer-offer.ts';
import { type PeerIce, readTransportLines } from './transport-lines.ts';

/** application/trickle-ice-sdpfrag (RFC 8840 §9): what a client tells of its ICE later, and what we answer. */

/**
 * The far end's credentials in a fragment; those of a restart differ from the ones before (RFC 9725 §4.3.3).
 * @throws CrosspointError sdp.malformed, sdp.no-ice
 */
export function readIceFragment(text: string): PeerIce {
  if (text.includes('\0')) throw new CrosspointError('sdp.malformed', 'the fragment cannot be read: it holds a NUL');
  const { media } = readTransportLines(text.includes('m=') ? text : `${text}\r\nm=audio 9 RTP/AVP 0`);
  const ice = media.find(section => section.ice !== null)?.ice;
  if (!ice) throw new CrosspointError('sdp.no-ice', 'the fragment has no a=ice-ufrag and a=ice-pwd');
  return ice;
}

/** The answer to an ICE restart: of the first line that is taken, whose transport the others share. */
export function makeIceFragment(
  offer: Pick<PeerOffer, 'lines' | 'bundled'>,
  agreed: AgreedMedia,
  ours: Pick<OurPeer, 'credentials' | 'candidates'>,
): string {
  const line = offer.lines[linesTaken(agreed)[0] ?? 0];
  const { kind = 'audio', mid = null, protocol = '', formats = [] } = line ?? {};
  const fragment = [
    'a=ice-lite',
    'a=ice-options:trickle ice2',
    ...bundleLines(offer, agreed),
    `m=${kind} 9 ${protocol} ${formats[0] ?? 0}`,
    ...(mid === null ? [] : [`a=mid:${mid}`]),
    ...iceLines(ours),
  ];
  return `${fragment.join('\r\n')}\r\n`;
}
