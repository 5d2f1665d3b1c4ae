import type * as Documented from './crosspoint.d.ts';
import type * as Built from './main.ts';

/** Fails to compile when the SDK is not what crosspoint.d.ts says that it is. */
export type Conforms<Same extends typeof Documented = typeof Built> = Same;
