import type { RequestOutcome } from '../../sip/user-agent/out-of-dialog.ts';
import type { Health } from '../trunk-view.ts';

/** What is known of a target. */
export interface TargetHealth {
  readonly state: Health;
  /** Of the state, milliseconds since 1970. */
  readonly since: number;
  /** What was seen last where that was no sign of life. */
  readonly reason: string | null;
  readonly roundTripMs: number | null;
  /** Failures in a row. */
  readonly misses: number;
}

/** One lost answer is the network's; two are the peer's. */
const DOWN_AFTER = 2;

export function unknownHealth(now: number): TargetHealth {
  return { state: 'unknown', since: now, reason: null, roundTripMs: null, misses: 0 };
}

/**
 * After an OPTIONS. Whoever answers is there, whatever it thinks of OPTIONS (403, 404, 405, 501), except for those
 * that say that they can do nothing now (503) or that nobody behind them answers (408).
 */
export function afterCheck(health: TargetHealth, outcome: RequestOutcome, now: number): TargetHealth {
  const reason = missReason(outcome);
  if (reason === undefined) return health;
  if (reason === null) {
    const roundTripMs = outcome.kind === 'response' ? outcome.roundTripMs : null;
    return { state: 'up', since: health.state === 'up' ? health.since : now, reason: null, roundTripMs, misses: 0 };
  }
  const misses = Math.min(health.misses + 1, DOWN_AFTER);
  if (misses < DOWN_AFTER) return { ...health, reason, misses };
  return { ...down(health, reason, now), misses };
}

/** After a call that found nobody there: the next one need not wait for it too. */
export function afterFailedCall(health: TargetHealth, now: number): TargetHealth {
  return down(health, 'a call found nobody there', now);
}

function down(health: TargetHealth, reason: string, now: number): TargetHealth {
  const since = health.state === 'down' ? health.since : now;
  return { state: 'down', since, reason, roundTripMs: null, misses: DOWN_AFTER };
}

/** Null: it lives. Undefined: our own trouble, which says nothing of the peer. */
function missReason(outcome: RequestOutcome): string | null | undefined {
  if (outcome.kind === 'response') {
    const { status, reason } = outcome;
    return status === 408 || status === 503 ? `OPTIONS was answered ${status} ${reason}`.trim() : null;
  }
  if (outcome.code === 'sip.closed' || outcome.code === 'sip.overloaded') return undefined;
  return outcome.code === 'sip.timeout' ? 'no answer to OPTIONS' : outcome.message;
}
