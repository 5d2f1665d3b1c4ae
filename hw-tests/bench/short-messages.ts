/** What SIPp's -trace_shortmsg tells of a run: microseconds, where its own response times have a tick of milliseconds. */
export interface Dialogue {
  /** Seconds at which each call's first INVITE left, in order. */
  readonly invitedAt: readonly number[];
  /** INVITE → first response of any kind, milliseconds. */
  readonly firstResponseMs: readonly number[];
  /** INVITE → 200, milliseconds, of the calls that were answered. */
  readonly answeredMs: readonly number[];
  /** How often each final answer other than 200 came: { "503": 12 }. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * A line is: date, time, seconds since 1970, S or R, Call-ID, CSeq, first line, by tabs.
 * A retransmitted INVITE or 200 does not count: the first ones tell what a caller waited.
 */
export function readShortMessages(log: string): Dialogue {
  const invited = new Map<string, number>();
  const responded = new Set<string>();
  const answered = new Set<string>();
  const firstResponseMs: number[] = [];
  const answeredMs: number[] = [];
  const refused: Record<string, number> = {};
  for (const line of log.split('\n')) {
    const [, , seconds, direction, callId, sequence, first] = line.split('\t');
    if (!seconds || !callId || !first || !sequence?.endsWith('INVITE')) continue;
    const at = Number(seconds);
    if (direction === 'S' && first.startsWith('INVITE ') && !invited.has(callId)) invited.set(callId, at);
    const invitedAt = invited.get(callId);
    const status = direction === 'R' ? /^SIP\/2\.0 ([1-6]\d\d)/.exec(first)?.[1] : undefined;
    if (status === undefined || invitedAt === undefined || answered.has(callId)) continue;
    if (!responded.has(callId)) {
      responded.add(callId);
      firstResponseMs.push((at - invitedAt) * 1000);
    }
    if (status.startsWith('1')) continue;
    answered.add(callId);
    if (status === '200') answeredMs.push((at - invitedAt) * 1000);
    else refused[status] = (refused[status] ?? 0) + 1;
  }
  return { invitedAt: [...invited.values()], firstResponseMs, answeredMs, refused };
}

/** SIPp sends in steps of its timer; a gap of this many milliseconds is more than that. */
const LONGEST_GAP_MS = 60;
const LEAST_SHARE = 0.97;

/** Why the caller did not place calls at the rate that was asked for; null when it did. */
export function whyCallerWasLate(invitedAt: readonly number[], rate: number): string | null {
  const [first, last] = [invitedAt[0], invitedAt.at(-1)];
  if (first === undefined || last === undefined || invitedAt.length < 2) return 'the caller placed no calls';
  const reached = (invitedAt.length - 1) / (last - first);
  if (reached < rate * LEAST_SHARE) return `the caller reached ${reached.toFixed(0)} of ${rate} calls/s`;
  const gaps = invitedAt.slice(1).map((at, index) => (at - (invitedAt[index] ?? at)) * 1000);
  const longest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  const limit = Math.max(LONGEST_GAP_MS, 3000 / rate);
  return longest > limit ? `the caller paused for ${longest.toFixed(0)} ms` : null;
}
