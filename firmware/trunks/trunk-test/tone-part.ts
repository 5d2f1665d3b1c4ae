export type Law = 'pcmu' | 'pcma';

/** cos and sin of 1 kHz at 8 kHz: a period of eight samples. */
const HALF = Math.SQRT1_2;
const COS = [1, HALF, 0, -HALF, -1, -HALF, 0, HALF];
const SIN = [0, HALF, 1, HALF, 0, -HALF, -1, -HALF];
/** Quieter than this (−60 dBov or so) is no tone of ours, whatever the rounding of the law makes of it. */
const LEAST_POWER = 33 ** 2;

/**
 * Which part of the sound of a packet is 1 kHz, 0 to 1: by that our tone is known again after other codecs, gains and
 * clocks than ours.
 */
export function tonePart(payload: Uint8Array, law: Law): number {
  let [energy, real, imaginary] = [0, 0, 0];
  payload.forEach((code, at) => {
    const sample = law === 'pcmu' ? fromMuLaw(code) : fromALaw(code);
    energy += sample * sample;
    real += sample * (COS[at % 8] ?? 0);
    imaginary += sample * (SIN[at % 8] ?? 0);
  });
  if (energy <= LEAST_POWER * payload.length) return 0;
  return (2 * (real * real + imaginary * imaginary)) / (payload.length * energy);
}

/** ITU-T G.711 table 2, 16 bits. */
function fromMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const size = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -size : size;
}

/** ITU-T G.711 table 1, 16 bits. */
function fromALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const low = ((bits & 0x0f) << 4) + 8;
  const size = segment === 0 ? low : (low + 0x100) << (segment - 1);
  return bits & 0x80 ? size : -size;
}
