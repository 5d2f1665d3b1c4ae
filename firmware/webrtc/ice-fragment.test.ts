import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VIDEO_CODECS } from '../../pipelines/codecs/video-codecs.ts';
import { acceptedMedia } from './accepted-media.ts';
import { agreeToPublish } from './agreed-media.ts';
import { makeIceFragment, readIceFragment } from './ice-fragment.ts';
import { CHROMIUM_CAMERA_FIRST, CHROMIUM_PUBLISHES } from './offers.samples.ts';
import { readPeerOffer } from './peer-offer.ts';

const CREDENTIALS = 'a=ice-ufrag:Next\r\na=ice-pwd:anotherPasswordOfTheClient\r\n';

test('credentials are read from a fragment, before or behind its m= line', () => {
  const next = { ufrag: 'Next', password: 'anotherPasswordOfTheClient' };
  const media = 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n';
  const candidate = 'a=candidate:1 1 udp 2122260223 192.0.2.9 50000 typ host\r\na=end-of-candidates\r\n';
  assert.equal(readIceFragment(`${CREDENTIALS}${media}${candidate}`), next);
  assert.equal(readIceFragment(`${media}${CREDENTIALS}${candidate}`), next);
  assert.equal(readIceFragment(CREDENTIALS), next);
});

test('a fragment without credentials, or that is none, is refused', () => {
  for (const text of ['', 'a=end-of-candidates\r\n', 'v=0\r\nm=audio 9 RTP/AVP 0\r\n', `${CREDENTIALS}\0`])
    assert.throws(() => readIceFragment(text), /fragment/);
});

function answered(text: string): string[] {
  const offer = readPeerOffer(text, 'publisher', acceptedMedia(VIDEO_CODECS));
  const ours = {
    credentials: { ufrag: 'ours', password: 'ourPasswordOfTwentyTwoChars' },
    candidates: [{ transport: 'udp' as const, host: '192.0.2.1', port: 3480 }],
  };
  return makeIceFragment(offer, agreeToPublish(offer), ours).split('\r\n');
}

test('a restart is answered with our new credentials and where we are', () => {
  assert.equal(answered(CHROMIUM_PUBLISHES), [
    'a=ice-lite',
    'a=ice-options:trickle ice2',
    'a=group:BUNDLE 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0',
    'a=ice-ufrag:ours',
    'a=ice-pwd:ourPasswordOfTwentyTwoChars',
    'a=candidate:1 1 udp 2130706431 192.0.2.1 3480 typ host',
    'a=end-of-candidates',
    '',
  ]);
});

test('where video comes first, a restart is answered in its name', () => {
  assert.equal(answered(CHROMIUM_CAMERA_FIRST).slice(2, 5), [
    'a=group:BUNDLE 1 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=mid:1',
  ]);
});

test.run();
