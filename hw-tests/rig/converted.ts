import { execFileSync } from 'node:child_process';

/** What GStreamer's tools make of a sound file: `chain` stands between the decoder and the new file. */
export function convert(from: string, chain: string, to: string): void {
  const text = `filesrc location=${from} ! decodebin ! audioconvert ! audioresample ! ${chain} ! filesink location=${to}`;
  execFileSync('gst-launch-1.0', ['-q', ...text.split(' ')], { timeout: 30_000 });
}
