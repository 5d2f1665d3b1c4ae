import { type BenchCodec, type MediaLoad, speaksOnly } from './media-load.ts';

/** One load, and whom it is put on. */
export interface Planned {
  readonly load: MediaLoad;
  /** Also on the peers, as far as they carry it. */
  readonly peers: boolean;
}

export type CodecPair = MediaLoad['codecs'];

/** The sizes of load that the budgets name. */
export const BUDGET_LEGS = { G711: 100, G722: 100, opus: 60 } as const;
/** Growth is linear up to here. */
const MANY_LEGS = 300;

export const pairs = {
  PCMU: ['PCMU', 'PCMU'],
  G722: ['G722', 'G722'],
  opus: ['opus', 'opus'],
  opus32: ['opus32', 'opus32'],
  'PCMU+G722': ['PCMU', 'G722'],
  'PCMU+opus': ['PCMU', 'opus'],
} as const satisfies Record<string, CodecPair>;

/** What `npm run bench:media` measures when it is not told. */
export function defaultPlan(): Planned[] {
  const planned = Object.values(pairs).flatMap(codecs =>
    (codecs[0] === codecs[1] ? [2, 10] : [2]).map(roomSize => ({
      load: { codecs, roomSize, legs: legsOf(codecs), secured: false },
      peers: true,
    })),
  );
  const pcmu = (legs: number, roomSize: number, secured: boolean): MediaLoad => ({
    codecs: pairs.PCMU,
    legs,
    roomSize,
    secured,
  });
  return [
    ...planned,
    // As many as stock elements carry on one core in sessions of this size.
    { load: pcmu(50, 10, false), peers: true },
    { load: pcmu(BUDGET_LEGS.G711, 2, true), peers: true },
    { load: pcmu(MANY_LEGS, 2, false), peers: false },
  ];
}

/** What the budgets judge, and the stock elements beside it: what `npm run bench` has time for. */
export function gatewayPlan(): Planned[] {
  return defaultPlan().filter(({ load }) => budgetedCodec(load) !== null);
}

/** Every combination. */
export function crossPlan(of: {
  readonly codecs: readonly CodecPair[];
  readonly secured: readonly boolean[];
  readonly roomSizes: readonly number[];
  /** null: as many as the budgets name. */
  readonly legs: readonly number[] | null;
}): Planned[] {
  return of.codecs.flatMap(codecs =>
    of.roomSizes.flatMap(roomSize =>
      (of.legs ?? [legsOf(codecs)]).flatMap(legs =>
        of.secured.map(secured => ({ load: { codecs, legs, roomSize, secured }, peers: true })),
      ),
    ),
  );
}

/** "pcmu,pcmu+opus" → pairs, of even and odd legs. @throws a sentence that names the option */
export function codecPairs(text: string): CodecPair[] {
  return text.split(',').map(name => {
    const [even, odd, ...more] = name.split('+').map(codecNamed);
    const pair = name.includes('+') ? odd : even;
    if (even === undefined || pair === undefined || more.length > 0)
      throw new Error(
        `--codecs takes pcmu, g722, opus, opus32 and pairs like pcmu+opus, separated by commas, not "${text}"`,
      );
    return [even, pair];
  });
}

const codecNamed = (name: string): BenchCodec | undefined =>
  (['PCMU', 'G722', 'opus', 'opus32'] as const).find(codec => codec.toLowerCase() === name.toLowerCase());

function legsOf(codecs: CodecPair): number {
  return codecs.some(codec => codec.startsWith('opus')) ? BUDGET_LEGS.opus : BUDGET_LEGS.G711;
}

/** Which budget the legs of a load have; null where they differ. */
export function budgetedCodec(load: MediaLoad): keyof typeof BUDGET_LEGS | null {
  if (speaksOnly(load, 'PCMU')) return 'G711';
  if (speaksOnly(load, 'G722')) return 'G722';
  return speaksOnly(load, 'opus') || speaksOnly(load, 'opus32') ? 'opus' : null;
}
