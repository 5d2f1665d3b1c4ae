/**
 * The states of a call.
 *
 *               ┌──────────┐  180/183   ┌─────────┐
 *     created ─▶│ DIALING  │───────────▶│ RINGING │
 *               └────┬─────┘            └────┬────┘
 *                    │ 200                   │ 200
 *                    ▼                       │
 *               ┌──────────┐◀────────────────┘
 *               │  ACTIVE  │◀───────┐
 *               └────┬─────┘        │ resumed
 *                    │       held   │
 *                    ├────────▶┌────┴────┐
 *                    │         │ ON_HOLD │
 *                    │         └────┬────┘
 *       any end      ▼              │
 *     (from any ┌──────────┐◀───────┘
 *      state) ─▶│  HANGUP  │
 *               └──────────┘
 */
export const callStates = ['DIALING', 'RINGING', 'ACTIVE', 'ON_HOLD', 'HANGUP'] as const;
export type CallState = (typeof callStates)[number];

const next: Record<CallState, readonly CallState[]> = {
  DIALING: ['RINGING', 'ACTIVE', 'HANGUP'],
  RINGING: ['ACTIVE', 'HANGUP'],
  ACTIVE: ['ON_HOLD', 'HANGUP'],
  ON_HOLD: ['ACTIVE', 'HANGUP'],
  HANGUP: [],
};

export function canMove(from: CallState, to: CallState): boolean {
  return next[from].includes(to);
}
