import { RATE } from './tones.ts';

const HEADER = 44;

/** A WAV file of 16 bit; every channel holds the same. */
export function wavOf(mono: Int16Array, rate: number = RATE, channels: 1 | 2 = 1): Buffer {
  const samples = channels === 1 ? mono : Int16Array.from({ length: 2 * mono.length }, (_, i) => mono[i >> 1] ?? 0);
  const file = Buffer.alloc(HEADER + 2 * samples.length);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * channels * rate, 28);
  file.writeUInt16LE(2 * channels, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(sample, HEADER + 2 * i);
  });
  return file;
}

/** Samples a second, of each channel. */
export const rateOf = (file: Buffer): number => file.readUInt32LE(24);

/** The samples of such a file (the first channel), whatever other chunks it has. @throws when its format is another one */
export function samplesOf(file: Buffer, rate: number = RATE): Int16Array {
  if (rateOf(file) !== rate) throw new Error(`the WAV file is not of ${rate} Hz`);
  return channelOf(file, 0);
}

/** One channel, at the file's own rate. @throws when there is none, or it has not 16 bit */
export function channelOf(file: Buffer, channel: number): Int16Array {
  const channels = file.readUInt16LE(22);
  if (channel >= channels || file.readUInt16LE(34) !== 16)
    throw new Error('the WAV file has no such channel of 16 bit');
  const data = file.subarray(file.indexOf('data') + 8);
  return Int16Array.from({ length: Math.floor(data.length / 2 / channels) }, (_, i) =>
    data.readInt16LE(2 * (channels * i + channel)),
  );
}
