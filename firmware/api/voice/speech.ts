import type { Say } from '../../scripts/action.ts';

/** The vendor says nothing of what a step of `level` is: from -1 to 1 it is ten times the power down or up. */
const DB_PER_LEVEL = 10;
/** What the vendor speaks where an action does not say. */
const USUAL_LANGUAGE = 'en-US';

/** What is said of a text, in an NCCO and in the REST API. */
export interface Talk {
  readonly text: string;
  readonly loop: number;
  readonly level: number;
  readonly language: string | null;
  /** Styles are numbers, the former voices names; the box has its own voices, and takes it as a wish. */
  readonly voice: string | null;
}

export function sayOf({ text, loop, level, language, voice }: Talk): Say {
  return { kind: 'say', text, language: language ?? USUAL_LANGUAGE, voice, loops: loop, levelDb: levelDb(level) };
}

export function levelDb(level: number): number {
  return level * DB_PER_LEVEL;
}
