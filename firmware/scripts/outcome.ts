import type { CallId } from '../base/ids.ts';

/** What was recorded. */
export interface Recorded {
  /** Of `firmware/sessions/recordings`. */
  readonly id: string;
  readonly seconds: number;
  readonly bytes: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What an action came to, for the request that tells of it. */
export type Outcome =
  /** The call has come, or was answered: the first document is asked for. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'redirected' }
  | {
      readonly kind: 'gathered';
      readonly digits: string;
      /** The key that ended it, of `finishKeys`. */
      readonly finishedBy: string | null;
      readonly timedOut: boolean;
    }
  | { readonly kind: 'left'; readonly room: string; readonly seconds: number }
  | {
      readonly kind: 'connected';
      /** The call that was joined, or that was tried last. */
      readonly child: CallId | null;
      readonly result: 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';
      /** Since it was answered; null: it never was. */
      readonly seconds: number | null;
      readonly sipCallId: string | null;
      /** SIP status; 200 of one that was answered. */
      readonly status: number | null;
      /** X- headers with which it answered. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly recorded: Recorded | null;
    }
  | {
      readonly kind: 'recorded';
      readonly recorded: Recorded;
      readonly endedBy: 'silence' | 'key' | 'limit' | 'hang-up';
      readonly key: string | null;
    }
  | { readonly kind: 'notified'; readonly payload: unknown };
