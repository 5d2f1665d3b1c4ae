/** G.711 as the phones of the tests speak it: computed from the recommendation's segments, apart from the product's. */
export type Law = 'PCMU' | 'PCMA';

export const payloadTypeOf: Readonly<Record<Law, number>> = { PCMU: 0, PCMA: 8 };

function decodeMu(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
  return bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function decodeA(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? mantissa : (mantissa + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

const decoders: Record<Law, Int16Array> = {
  PCMU: Int16Array.from({ length: 256 }, (_, code) => decodeMu(code)),
  PCMA: Int16Array.from({ length: 256 }, (_, code) => decodeA(code)),
};

/** For each 16-bit sample (as unsigned index) the code whose value lies nearest. */
function nearestCodes(decoder: Int16Array): Uint8Array {
  const codes = Array.from(decoder.keys()).sort((a, b) => value(decoder, a) - value(decoder, b));
  const table = new Uint8Array(65_536);
  let at = 0;
  for (let sample = -32_768; sample < 32_768; sample++) {
    const distance = (index: number) => Math.abs(value(decoder, codes[index] ?? 0) - sample);
    while (at + 1 < codes.length && distance(at + 1) <= distance(at)) at++;
    table[sample & 0xffff] = codes[at] ?? 0;
  }
  return table;
}

const value = (table: Int16Array, index: number): number => table[index] ?? 0;

const encoders: Record<Law, Uint8Array> = {
  PCMU: nearestCodes(decoders.PCMU),
  PCMA: nearestCodes(decoders.PCMA),
};

export function decode(law: Law, payload: Uint8Array): Int16Array {
  return Int16Array.from(payload, code => value(decoders[law], code));
}

export function encode(law: Law, samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, sample => encoders[law][sample & 0xffff] ?? 0));
}
