import { open } from 'node:fs/promises';

/** Granule positions of Opus count samples of 48 kHz, whatever went in (RFC 7845 §4). */
const OPUS_RATE = 48_000;
const WAV_HEADER_BYTES = 44;
/** An Ogg page has at most 65,307 bytes (RFC 3533 §6): in so many there is the begin of one. */
const OGG_TAIL_BYTES = 2 * 65_307;

/** How long a file can be played that nobody completed, milliseconds; null when it is no such file, or nothing is in it. */
export async function playableMs(file: string): Promise<number | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number) => {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, Math.min(size, 512));
    if (head.toString('latin1', 0, 4) === 'RIFF') return wavMs(head, size);
    const from = Math.max(0, size - OGG_TAIL_BYTES);
    return oggMs(head, await read(from, size - from));
  } finally {
    await handle.close();
  }
}

/** By what the header says, which players believe, as far as it is there. */
export function wavMs(head: Buffer, size: number): number | null {
  if (head.length < WAV_HEADER_BYTES) return null;
  const bytesPerSecond = head.readUInt32LE(28);
  const bytes = Math.min(head.readUInt32LE(40), Math.max(0, size - WAV_HEADER_BYTES));
  return bytesPerSecond === 0 ? null : (bytes * 1000) / bytesPerSecond;
}

/** From the granule position of the last whole page's header (RFC 3533 §6), less what a decoder skips (RFC 7845 §4.2). */
export function oggMs(head: Buffer, tail: Buffer): number | null {
  const opus = head.indexOf('OpusHead');
  if (opus < 0 || head.length < opus + 12) return null;
  const preSkip = head.readUInt16LE(opus + 10);
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    if (!isWholePage(tail, at)) continue;
    const granule = tail.readBigInt64LE(at + 6);
    // −1: no packet ends on that page.
    if (granule >= 0n) return (Math.max(0, Number(granule) - preSkip) * 1000) / OPUS_RATE;
  }
  return null;
}

function isWholePage(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + 27 || bytes[at + 4] !== 0) return false;
  const segments = bytes[at + 26] ?? 0;
  const table = bytes.subarray(at + 27, at + 27 + segments);
  const body = table.reduce((sum, length) => sum + length, 0);
  return table.length === segments && bytes.length >= at + 27 + segments + body;
}
