import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oggMs, wavMs } from './audio-length.ts';

/** An Ogg page (RFC 3533 §6) with a body of some bytes. */
function page(granule: bigint, body: Buffer | number): Buffer {
  const bytes = typeof body === 'number' ? Buffer.alloc(body, 0x55) : body;
  const header = Buffer.alloc(27);
  header.write('OggS');
  header.writeBigInt64LE(granule, 6);
  const lengths = [...Array<number>(Math.floor(bytes.length / 255)).fill(255), bytes.length % 255];
  header[26] = lengths.length;
  return Buffer.concat([header, Buffer.from(lengths), bytes]);
}

const head = Buffer.alloc(19);
head.write('OpusHead');
head.writeUInt16LE(312, 10);
const first = page(0n, head);

test('the length of an Ogg file is that of its last whole page, however it was cut', () => {
  const whole = Buffer.concat([first, page(48_312n, 700), page(96_312n, 700)]);
  assert.is(oggMs(first, whole), 2000);
  for (let cut = 1; cut < 700; cut += 50)
    assert.is(oggMs(first, whole.subarray(0, whole.length - cut)), 1000, `${cut}`);
  // A page on which no packet ends.
  assert.is(oggMs(first, Buffer.concat([whole, page(-1n, 255)])), 2000);
});

test('what is no Opus in Ogg, or has no page, has no length', () => {
  assert.is(oggMs(Buffer.from('nothing of the kind'), Buffer.alloc(100)), null);
  assert.is(oggMs(first, Buffer.from('OggS')), null);
  assert.is(oggMs(first, Buffer.alloc(0)), null);
});

test('the length of a WAV file is what its header says, as far as it is there', () => {
  const wav = Buffer.alloc(44);
  wav.writeUInt32LE(96_000, 28);
  wav.writeUInt32LE(192_000, 40);
  assert.is(wavMs(wav, 44 + 250_000), 2000);
  assert.is(wavMs(wav, 44 + 96_000), 1000);
  assert.is(wavMs(wav, 44), 0);
  assert.is(wavMs(Buffer.alloc(44), 100), null);
  assert.is(wavMs(Buffer.alloc(20), 20), null);
});

test.run();
