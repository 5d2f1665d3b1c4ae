import type { Caller } from '../caller.ts';

/** Who calls, as events and the operator see it. */
export function shownCaller({ number, user, hidden }: Caller): string {
  if (hidden) return 'anonymous';
  return number?.e164 ?? number?.text ?? user ?? 'unknown';
}
