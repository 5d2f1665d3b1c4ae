import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { CODEC_NAMES, codecsNamed, DECODED_NAMES } from './codecs-named.ts';
import { makeOffer } from './offer.ts';
import { OURS } from './sdp.samples.ts';

test("a trunk's list is read in its order, in any case, each codec once", () => {
  assert.equal(
    codecsNamed(['pcma', 'G722', 'PCMU', 'PCMA']).map(({ name }) => name),
    ['PCMA', 'G722', 'PCMU'],
  );
  assert.equal(
    codecsNamed(['Speex']).map(({ clockRate }) => clockRate),
    [16_000, 8000, 32_000],
  );
  assert.equal(codecsNamed([]), []);
});

test('every name is known, and what we can decode comes first', () => {
  assert.ok(codecsNamed(CODEC_NAMES).length >= CODEC_NAMES.length);
  assert.equal(CODEC_NAMES.slice(0, DECODED_NAMES.length), DECODED_NAMES);
});

test('an unknown name is an error that lists the known ones', () => {
  for (const name of ['PCMX', '', 'telephone-event', 'x'.repeat(500)])
    assert.throws(
      () => codecsNamed(['PCMA', name]),
      (error: unknown) =>
        isCrosspointError(error) &&
        error.code === 'sdp.codec-unknown' &&
        /there are: PCMU, PCMA, .*G729/.test(error.message) &&
        error.message.length < 300,
    );
});

test('a session is not offered what we cannot decode', () => {
  assert.match(makeOffer({ ...OURS, codecs: codecsNamed(['iLBC', 'PCMA', 'AMR']) }), 'm=audio 10000 RTP/AVP 8 101\r\n');
});

test.run();
