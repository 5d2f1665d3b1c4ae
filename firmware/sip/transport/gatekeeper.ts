import type { SipRequest } from '../message/message.ts';
import type { Source } from './hop.ts';

export type GateVerdict =
  /** Let in as that user: somebody who proved by digest who they are. */
  | { readonly kind: 'admit'; readonly user: string }
  /** Answered without a transaction: 401 with a challenge, 403. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: readonly (readonly [name: string, value: string])[];
    }
  | { readonly kind: 'silence' };

/** Asked about requests of sources that are not trusted, unless they belong to what is under way. Without one: silence. */
export interface Gatekeeper {
  admit(request: SipRequest, source: Source): GateVerdict;
}
