import type { PlaySource } from '../../pipelines/protocol/player.ts';

export const toneNames = ['ring-back', 'busy', 'hold'] as const;
export type ToneName = (typeof toneNames)[number];

type Tone = Extract<PlaySource, { kind: 'tone' }>;

/** ETSI TR 101 041-2: the tones of most countries. Of hold it knows none: ours says every five seconds that the line lives. */
export const callTones: Readonly<Record<ToneName, Tone>> = {
  'ring-back': { kind: 'tone', frequencyHz: 425, levelDbov: -20, cadenceMs: [1000, 4000] },
  busy: { kind: 'tone', frequencyHz: 425, levelDbov: -20, cadenceMs: [500, 500] },
  hold: { kind: 'tone', frequencyHz: 425, levelDbov: -26, cadenceMs: [200, 4800] },
};
