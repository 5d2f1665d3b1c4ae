import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeOffer } from './offer.ts';
import { parseDescription } from './parse-description.ts';
import { OURS } from './sdp.samples.ts';

test('an offer has our codecs in our order and telephone-event', () => {
  assert.equal(makeOffer(OURS).split('\r\n'), [
    'v=0',
    'o=- 4711 1 IN IP4 198.51.100.1',
    's=-',
    'c=IN IP4 198.51.100.1',
    't=0 0',
    'm=audio 10000 RTP/AVP 0 8 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ]);
});

test('a later offer of the call keeps the session id and raises the version alone (RFC 3264 §8)', () => {
  const { origin } = parseDescription(makeOffer({ ...OURS, version: 2 }));
  assert.is(origin?.sessionId, '4711');
  assert.is(origin?.version, '2');
});

test('only the codecs that are asked for are offered, over IPv6 as well', () => {
  const text = makeOffer({ ...OURS, address: '2001:db8::5', codecs: OURS.codecs.slice(1) });
  assert.match(text, 'm=audio 10000 RTP/AVP 8 101\r\n');
  assert.match(text, 'c=IN IP6 2001:db8::5\r\n');
  assert.not.match(text, 'PCMU');
});

test.run();
