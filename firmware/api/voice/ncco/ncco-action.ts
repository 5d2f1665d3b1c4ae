import type { Action } from '../../../scripts/action.ts';
import type { WebTarget } from '../../../scripts/web.ts';
import type { NccoContext } from './compiled.ts';
import type { Keys, ValuesOf, Warn } from './key.ts';

/** Where in the document an action is, and whom to tell what is wrong with it. */
export interface Compiling {
  readonly context: NccoContext;
  /** `[2]` */
  readonly place: string;
  readonly warn: Warn;
  /** Nothing comes of it without that key; one that could not be read was warned of already. */
  missing(key: string, message: string): CompiledAction;
  /** The keys as they were written. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** What an action of an NCCO comes to. */
export interface CompiledAction {
  /** null: it does nothing when its turn comes. */
  readonly action: Action | null;
  /** A key that is pressed for the input after it silences it. */
  readonly bargeIn?: boolean;
  /** Every key that is pressed is told there. */
  readonly keysTo?: WebTarget | null;
}

/** An action of an NCCO, for the compiler and for docs/ncco.md. */
export interface NccoAction<K extends Keys = Keys> {
  readonly what: string;
  readonly keys: K;
  compile(values: ValuesOf<K>, compiling: Compiling): CompiledAction;
}

/** Lets the values' types follow from the keys. */
export function nccoAction<K extends Keys>(action: NccoAction<K>): NccoAction {
  return action as unknown as NccoAction;
}

export const NOTHING: CompiledAction = { action: null };
