import type { Hears } from '../../../pipelines/protocol/leg-media.ts';

/** ETSI TR 101 041-2: the tone of most countries; one second in five. */
export const RINGBACK: Hears = { kind: 'tone', frequencyHz: 425, levelDbov: -20, cadenceMs: [1000, 4000] };
