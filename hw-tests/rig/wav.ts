import { RATE } from './tones.ts';

const HEADER = 44;

/** A WAV file of 8 kHz, 16 bit, mono. */
export function wavOf(samples: Int16Array): Buffer {
  const file = Buffer.alloc(HEADER + 2 * samples.length);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(sample, HEADER + 2 * i);
  });
  return file;
}

/** The samples of such a file, whatever other chunks it has. @throws when its format is another one */
export function samplesOf(file: Buffer): Int16Array {
  if (file.readUInt32LE(24) !== RATE || file.readUInt16LE(22) !== 1 || file.readUInt16LE(34) !== 16) {
    throw new Error('the WAV file is not 8 kHz, mono, 16 bit');
  }
  const data = file.subarray(file.indexOf('data') + 8);
  return Int16Array.from({ length: Math.floor(data.length / 2) }, (_, i) => data.readInt16LE(2 * i));
}
