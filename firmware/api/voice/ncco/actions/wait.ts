import type { Key } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';

const SHORTEST_S = 0.1;
const LONGEST_S = 7200;

/** The vendor takes what is too short or too long for the nearest that there is. */
const timeout: Key<number> = {
  what: 'how many seconds; less and more are taken for the nearest of them',
  values: `a number from ${SHORTEST_S} to ${LONGEST_S}`,
  usual: 10,
  usually: '10',
  support: 'works',
  read(value) {
    const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof seconds !== 'number' || Number.isNaN(seconds)) return undefined;
    return Math.min(LONGEST_S, Math.max(SHORTEST_S, seconds));
  },
};

export const wait = nccoAction({
  what: 'Lets time pass.',
  keys: { timeout },
  compile: ({ timeout: seconds }) => ({ action: { kind: 'pause', ms: Math.round(seconds * 1000) } }),
});
