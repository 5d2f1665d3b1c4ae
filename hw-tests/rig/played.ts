import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { RATE } from './tones.ts';

const run = promisify(execFile);

/** A file as GStreamer plays it, at 8 kHz; rejects when it cannot be played. */
export async function played(file: string): Promise<Int16Array> {
  const pcm = `${file}.pcm`;
  try {
    await run('gst-launch-1.0', [
      '-q',
      ...['filesrc', `location=${file}`, '!', 'decodebin', '!', 'audioconvert', '!', 'audioresample', '!'],
      ...[`audio/x-raw,format=S16LE,channels=1,rate=${RATE}`, '!', 'filesink', `location=${pcm}`],
    ]);
    const bytes = readFileSync(pcm);
    return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i));
  } finally {
    rmSync(pcm, { force: true });
  }
}
