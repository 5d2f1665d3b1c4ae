/** `unknown`: nobody has asked, or nobody has answered or failed to yet. */
export type Health = 'up' | 'down' | 'unknown';

export interface TargetView {
  /** As configured; of a peer that registered, its Contact. */
  readonly target: string;
  readonly state: Health;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Of a target that is not up: what was seen last. */
  readonly reason: string | null;
  /** Of the last OPTIONS that was answered. */
  readonly roundTripMs: number | null;
}

export interface RegistrationView {
  readonly state: 'registering' | 'registered' | 'failed';
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Until when the peer knows us; null while it does not. */
  readonly expiresAt: number | null;
  /** What went wrong last; null when the last attempt went well. */
  readonly reason: string | null;
}

/** A trunk as its operator sees it. */
export interface TrunkView {
  readonly name: string;
  readonly state: Health;
  readonly since: number;
  readonly reason: string | null;
  readonly targets: readonly TargetView[];
  /** Null of a trunk that does not register. */
  readonly registration: RegistrationView | null;
  /** Now. */
  readonly calls: { readonly in: number; readonly out: number };
  /** Calls refused since the start, by the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface TrunkVerdict {
  readonly state: Health;
  readonly reason: string | null;
}

/**
 * Whether a trunk is of use: one usable target, and a valid registration where there is to be one. A registration that
 * holds shows that the peer is there, so that targets which nobody asks count as well.
 */
export function verdictOf(targets: readonly TargetView[], registration: RegistrationView | null): TrunkVerdict {
  if (registration && registration.expiresAt === null) {
    if (registration.state === 'failed') return { state: 'down', reason: `not registered: ${registration.reason}` };
    return { state: 'unknown', reason: 'not registered yet' };
  }
  if (targets.some(({ state }) => state === 'up')) return { state: 'up', reason: null };
  if (targets.length > 0 && targets.every(({ state }) => state === 'down')) {
    const [only] = targets;
    return { state: 'down', reason: targets.length === 1 && only ? only.reason : 'no target is up' };
  }
  return registration ? { state: 'up', reason: null } : { state: 'unknown', reason: null };
}
