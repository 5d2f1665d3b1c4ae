/**
 * The base values of RFC 3261 §17 (table 4) in milliseconds; every other timer is derived from them.
 * Tests shorten them; a deployment has no reason to.
 */
export interface SipTimers {
  /** Round-trip estimate. */
  t1: number;
  /** Longest retransmission interval of non-INVITE requests and INVITE responses. */
  t2: number;
  /** Longest time that a message stays in the network. */
  t4: number;
  /** How long the core may think about an INVITE before 100 Trying goes out (§17.2.1: 200 ms). */
  trying: number;
}

export const RFC_TIMERS: SipTimers = { t1: 500, t2: 4000, t4: 5000, trying: 200 };

/** Timers B, F, H, J, L and M, and the UAS core's wait for an ACK: 64·T1. */
export function transactionTimeoutMs(timers: SipTimers): number {
  return 64 * timers.t1;
}

/** Timer D: at least 32 s at the default T1, that is 64·T1; nothing is absorbed on a reliable transport. */
export function timerDMs(timers: SipTimers, reliable: boolean): number {
  return reliable ? 0 : 64 * timers.t1;
}

/** Timers I and K: T4, or nothing on a reliable transport. */
export function absorbMs(timers: SipTimers, reliable: boolean): number {
  return reliable ? 0 : timers.t4;
}

/** Timer J: 64·T1, or nothing on a reliable transport. */
export function timerJMs(timers: SipTimers, reliable: boolean): number {
  return reliable ? 0 : 64 * timers.t1;
}

/** Doubles up to T2: timers E and G, and the 2xx of §13.3.1.4. */
export function nextIntervalMs(intervalMs: number, timers: SipTimers): number {
  return Math.min(2 * intervalMs, timers.t2);
}
