import type { AudioCodec, Coding, PacketMs } from './audio-codec.ts';

/**
 * RFC 5574. The decoder wants the headers that a file begins with and that RTP leaves out: they are written down here.
 */
function speex(sampleRate: 8000 | 16_000, payloadType: number): AudioCodec {
  const wide = sampleRate === 16_000;
  const coding = (packetMs: PacketMs): Coding => ({
    sampleRate,
    implementation: {
      decode: 'speexdec plc=true',
      decodeCaps: `audio/x-speex,rate=${sampleRate},channels=1,streamheader=(buffer)<${header(sampleRate, wide)},${COMMENT}>`,
      encode: `speexenc mode=${wide ? 'wb' : 'nb'} quality=8 complexity=3 nframes=${Math.max(1, Math.floor(packetMs / 20))}`,
    },
  });
  return {
    name: 'speex',
    payloadType,
    clockRate: sampleRate,
    channels: 1,
    ...coding(20),
    fmtp: null,
    // Its frames are of 20 ms.
    packetTimes: [20, 40, 60],
    sending: (_, packetMs) => coding(packetMs),
  };
}

/** A vendor's name of no length and no comments. */
const COMMENT = Buffer.alloc(8).toString('hex');

/** SpeexHeader of libspeex: a name, a version, and numbers of 32 bits, little-endian. */
function header(sampleRate: number, wide: boolean): string {
  const bytes = Buffer.alloc(80);
  bytes.write('Speex   ', 0, 'latin1');
  bytes.write('1.2', 8, 'latin1');
  const [version, size, mode, bitstream, channels, bitrate] = [1, bytes.length, wide ? 1 : 0, 4, 1, -1];
  // RTP does not say how many (RFC 5574 §3): with 3 the decoder takes one, two or three, with 0 none at all.
  const [frameSamples, vbr, framesPerPacket] = [sampleRate / 50, 0, 3];
  const numbers = [version, size, sampleRate, mode, bitstream, channels, bitrate, frameSamples, vbr, framesPerPacket];
  numbers.forEach((number, at) => {
    bytes.writeInt32LE(number, 28 + 4 * at);
  });
  return bytes.toString('hex');
}

export const SPEEX_WIDE = speex(16_000, 103);
export const SPEEX = speex(8000, 104);
