import type { Script } from '../../../scripts/action.ts';
import type { WebTarget } from '../../../scripts/web.ts';

/** What an NCCO is read with. */
export interface NccoContext {
  /** Where what an action comes to is told when it does not say; null: nowhere. */
  readonly events: WebTarget | null;
}

/** An NCCO that was read. */
export interface CompiledNcco extends Script {
  /** Where every key that is pressed is told, from now on; null: the NCCO does not say. */
  readonly keysTo: WebTarget | null;
}

/** Of continuations: how their outcome is written (CONTRACT §3.3, §3.4). */
export type Form = 'input' | 'input-legacy' | 'connect' | 'notify';
