import { type FormatParameters, numberOf } from './audio-codec.ts';
import type { VideoCodec } from './video-codec.ts';

/** RFC 6184 §8.1: what a format without profile-level-id is. */
const UNSAID = '42000a';
/** profile_idc of Baseline, and in profile-iop the flag of the Constrained one. */
const BASELINE = 0x42;
const CONSTRAINED = 0x40;

/**
 * RFC 6184, of the Constrained Baseline profile that every browser has (RFC 7742 §6.2), in packets of mode 1. Baseline is
 * taken for it: browsers that say so send nothing else.
 */
export const H264: VideoCodec = {
  name: 'H264',
  rank: theirs => {
    const profile = profileOf(theirs);
    if (profile === null || numberOf(theirs, 'packetization-mode') !== 1) return null;
    const [idc = 0, iop = 0] = Buffer.from(profile, 'hex');
    if (idc !== BASELINE) return null;
    return iop & CONSTRAINED ? 0 : 1;
  },
  fmtp: theirs => {
    const asymmetry = theirs.get('level-asymmetry-allowed') === '1' ? 'level-asymmetry-allowed=1;' : '';
    return `${asymmetry}packetization-mode=1;profile-level-id=${profileOf(theirs) ?? UNSAID}`;
  },
};

function profileOf(theirs: FormatParameters): string | null {
  const profile = theirs.get('profile-level-id') ?? UNSAID;
  return /^[0-9A-Fa-f]{6}$/.test(profile) ? profile.toLowerCase() : null;
}
