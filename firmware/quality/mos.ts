import { type Static, type TSchema, Type } from 'typebox';
import type { QualityFigures } from '../../pipelines/protocol/figures.ts';
import { rate } from './e-model.ts';
import { type Impairment, impairmentOf } from './impairments.ts';

const closed = { additionalProperties: false } as const;
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An estimate by the E-model, with all that it was made from. */
export const Mos = Type.Object(
  {
    mos: Type.Number({ description: 'MOS-CQE of its scale, 1–4.5' }),
    r: Type.Number({ description: 'transmission rating of its scale' }),
    scale: Type.Enum(['narrowband', 'wideband', 'fullband'], {
      description: 'ITU-T G.107, G.107.1, G.107.2: figures of different scales are not to be compared',
    }),
    basis: Type.Enum(['published', 'provisional'], {
      description: 'whether ITU-T published the values of the codec; otherwise those of a codec like it stand in',
    }),
    inputs: Type.Object(
      {
        codec: Type.String(),
        ie: Type.Number(),
        bpl: Type.Number(),
        lossRatio: Type.Number({ description: 'of packets that were not played, or did not reach the far end' }),
        burstRatio: Type.Number({ description: '1 where it is not known' }),
        delayMs: Type.Number({ description: 'one way: the sum of those parts of it that are known' }),
        networkMs: nullable(Type.Number({ description: 'half of the round trip; null: not known, and taken for 0' })),
        bufferMs: nullable(Type.Number({ description: 'in our jitter buffer; null: not known, and taken for 0' })),
        packetMs: Type.Number({ description: 'of the packets' }),
      },
      closed,
    ),
  },
  closed,
);
export type Mos = Static<typeof Mos>;

/** What nobody can measure of a packet that has not come: the usual one. */
const USUAL_PACKET_MS = 20;

/** What we hear of the far end; null when nothing came, or nobody has rated its codec. */
export function receivedMos({ received, roundTripMs }: QualityFigures): Mos | null {
  const { codec, packets, lossRatio, unplayedRatio, burstRatio, bufferMs, packetMs } = received;
  const loss = unplayedRatio ?? lossRatio;
  if (codec === null || packets === 0 || loss === null) return null;
  return estimate(codec, loss, burstRatio, { networkMs: half(roundTripMs), bufferMs, packetMs });
}

/** What the far end hears of us, as it reports; null when it does not, or nobody has rated the codec. */
export function sentMos({ sent, roundTripMs }: QualityFigures): Mos | null {
  if (sent.codec === null || sent.lossRatio === null) return null;
  return estimate(sent.codec, sent.lossRatio, null, { networkMs: half(roundTripMs), bufferMs: null, packetMs: null });
}

interface Delays {
  readonly networkMs: number | null;
  readonly bufferMs: number | null;
  readonly packetMs: number | null;
}

function estimate(codec: string, lossRatio: number, burst: number | null, delays: Delays): Mos | null {
  const impairment = impairmentOf(codec);
  if (!impairment) return null;
  const burstRatio = burst ?? 1;
  const packetMs = delays.packetMs ?? USUAL_PACKET_MS;
  const delayMs = (delays.networkMs ?? 0) + (delays.bufferMs ?? 0) + packetMs + impairment.lookaheadMs;
  const { r, mos } = rate({ impairment, lossRatio, burstRatio, delayMs });
  const { ie, bpl, scale } = impairment;
  return {
    mos: rounded(mos),
    r: rounded(r),
    scale,
    basis: basisOf(impairment, lossRatio),
    inputs: { codec, ie, bpl, lossRatio, burstRatio, delayMs: rounded(delayMs), ...delays, packetMs },
  };
}

/** G.722's impairment without loss is published, its robustness is not. */
function basisOf({ basis, scale }: Impairment, lossRatio: number): Mos['basis'] {
  return scale === 'wideband' && lossRatio === 0 ? 'published' : basis;
}

function half(roundTripMs: number | null): number | null {
  return roundTripMs === null ? null : rounded(roundTripMs / 2);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
