import type { AudioCodec } from '../../pipelines/codecs/audio-codec.ts';
import { DEFAULT_CODECS } from '../../pipelines/codecs/codecs.ts';
import type { SideTerms } from '../calls/side-terms.ts';
import type { TrunkConfig } from '../config/trunk-schema.ts';
import { codecsNamed } from '../sdp/codecs-named.ts';
import type { MediaSecurity } from './forward-target.ts';

const SECURITY: Record<MediaSecurity, SideTerms['security']> = {
  rtp: 'none',
  srtp: 'sdes',
  'prefer-srtp': 'prefer-sdes',
  'dtls-srtp': 'dtls',
};

/**
 * How media is negotiated with the peer of a trunk.
 * @param usual codecs for a trunk without a list of its own
 */
export function termsOf(
  {
    codecs,
    codecOrder,
    media,
    srtpSuites,
    dtlsSetup,
    advertise,
    rtcpMux,
    rtpFrom,
    keepAliveSeconds,
    dtmf,
    gain,
    audioProcessing,
  }: TrunkConfig,
  usual: readonly AudioCodec[] = DEFAULT_CODECS,
): SideTerms {
  return {
    codecs: codecs === undefined ? usual : codecsNamed(codecs),
    codecOrder,
    security: SECURITY[media],
    answerSetup: dtlsSetup,
    suites: srtpSuites,
    ...(advertise !== undefined && { advertise }),
    rtcpMux,
    path: { policy: rtpFrom, keepAliveMs: keepAliveSeconds * 1000 },
    digits: {
      accept: dtmf.accept,
      send: dtmf.send,
      removeInband: dtmf.removeInband ?? dtmf.accept.includes('inband'),
    },
    // Said in any case: a leg may have had those of another trunk before.
    sound: { gain, audioProcessing },
  };
}

/** The same for one target, whose own `;media=` goes before the trunk's, and a call that has to be secured. */
export function termsFor(terms: SideTerms, media: MediaSecurity | null, secure: boolean): SideTerms {
  const security = media === null ? terms.security : SECURITY[media];
  return { ...terms, security: secure && security !== 'dtls' ? 'sdes' : security };
}
