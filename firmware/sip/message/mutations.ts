// Seeded damage for tests of parsers: the same seed gives the same texts, so a failure can be repeated.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NASTY = ['\r\n', '\n', '\r', '\0', ' ', '\t', '"', '<', '>', ',', ';', ':', '=', '\\', '%', '@', '/', '[', '-1'];

/** A copy with one to four wounds: bytes flipped, cut, doubled, moved, or a troublesome character put in. */
export function mutate(original: Buffer, random: () => number): Buffer {
  let bytes = Buffer.from(original);
  for (let wounds = 1 + Math.floor(random() * 4); wounds > 0; wounds--) bytes = wound(bytes, random);
  return bytes;
}

function wound(bytes: Buffer, random: () => number): Buffer<ArrayBuffer> {
  const at = Math.floor(random() * bytes.length);
  const to = Math.min(bytes.length, at + Math.floor(random() * 40));
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.concat([before, Buffer.from([Math.floor(random() * 256)]), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, piece, piece, after]);
    case 3:
      return Buffer.concat([
        before,
        ...Array<Buffer>(1 + Math.floor(random() * 300)).fill(piece.subarray(0, 4)),
        after,
      ]);
    case 4:
      return Buffer.concat([after, piece, before]);
    default:
      return Buffer.concat([before, Buffer.from(NASTY[Math.floor(random() * NASTY.length)] ?? ''), bytes.subarray(at)]);
  }
}
