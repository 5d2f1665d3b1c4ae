import type { LegFlow } from '../../pipelines/protocol/figures.ts';
import type { MediaProblem, ProblemKind } from './media-problem.ts';

export interface FlowLimits {
  /** Without a packet, or with none but refused ones, for longer than this: nothing comes, or goes. */
  readonly mediaMs: number;
  /** Packets with nothing to hear in them. */
  readonly silenceMs: number;
  /** RTCP that had come: RFC 3550 §6.3.5 gives a member five intervals of five seconds. */
  readonly reportsMs: number;
}

/** With looks three quarters of a second apart, nothing stays unnoticed for three seconds. */
export const FLOW_LOOK_MS = 750;
const MEDIA_MS = 1_800;
const REPORTS_MS = 25_000;

export function flowLimits(silenceMs: number): FlowLimits {
  return { mediaMs: MEDIA_MS, silenceMs, reportsMs: REPORTS_MS };
}

/** Packets that the far end says it sent, and that never came: fewer are a matter of moments and of loss. */
const MISSED = 25;
/** A gap that jitter and loss make does not end a stream. */
const FLOWS_MS = 500;

export interface FlowChange {
  readonly problem: MediaProblem;
  /** False: it is over. */
  readonly present: boolean;
}

/**
 * Notices when one leg's audio stops, from one look at its flow to the next. What is not expected is no problem: a
 * direction that is on hold, a leg that only listens; each expectation counts from when it began.
 */
export class FlowWatch {
  readonly #limits: FlowLimits;
  readonly #present = new Map<ProblemKind, MediaProblem>();
  /** Since when media is expected, by our clock; null while it is not. */
  #receivesSince: number | null = null;
  #sendsSince: number | null = null;
  #refusedSince: number | null = null;
  #before: LegFlow | null = null;

  constructor(limits: FlowLimits) {
    this.#limits = limits;
  }

  get problems(): MediaProblem[] {
    return [...this.#present.values()];
  }

  /**
   * @param active the call is answered and not on hold
   * @param now milliseconds since 1970
   */
  look(flow: LegFlow, active: boolean, now: number): FlowChange[] {
    this.#receivesSince = active && flow.receives ? (this.#receivesSince ?? now) : null;
    this.#sendsSince = active && flow.sends ? (this.#sendsSince ?? now) : null;
    const found = [
      this.#noMedia(flow, now),
      this.#silence(flow, now),
      this.#notHeard(flow, now),
      this.#sendRefused(flow, now),
      this.#noReports(flow, now),
    ].filter(problem => problem !== null);
    this.#before = flow;
    return this.#changes(found);
  }

  #changes(found: readonly MediaProblem[]): FlowChange[] {
    const changes: FlowChange[] = [];
    for (const problem of this.problems) {
      if (found.some(({ kind }) => kind === problem.kind)) continue;
      this.#present.delete(problem.kind);
      changes.push({ problem, present: false });
    }
    for (const problem of found) {
      const before = this.#present.get(problem.kind);
      if (before?.hop === problem.hop) continue;
      const told = { ...problem, since: before?.since ?? problem.since };
      this.#present.set(problem.kind, told);
      changes.push({ problem: told, present: true });
    }
    return changes;
  }

  #noMedia({ sinceReceivedMs, missed, sinceReportMs }: LegFlow, now: number): MediaProblem | null {
    if (this.#receivesSince === null) return null;
    const expectedMs = now - this.#receivesSince;
    const missingMs = Math.min(sinceReceivedMs ?? expectedMs, expectedMs);
    const limit = this.#present.has('no-media') ? FLOWS_MS : this.#limits.mediaMs;
    if (missingMs < limit) return null;
    // Its report tells of the time without packets only if it came well within it.
    const told = missed !== null && sinceReportMs !== null && sinceReportMs + FLOWS_MS < missingMs;
    const hop = !told ? 'unknown' : missed >= MISSED ? 'network' : 'far-end';
    // What was known of the hop stays known when the next report is late.
    const known = this.#present.get('no-media')?.hop ?? 'unknown';
    return { kind: 'no-media', direction: 'received', hop: told ? hop : known, since: Math.round(now - missingMs) };
  }

  #silence({ sinceSoundMs }: LegFlow, now: number): MediaProblem | null {
    if (this.#receivesSince === null || sinceSoundMs === null || this.#present.has('no-media')) return null;
    const silentMs = Math.min(sinceSoundMs, now - this.#receivesSince);
    if (silentMs < this.#limits.silenceMs) return null;
    return { kind: 'silence', direction: 'received', hop: 'far-end', since: Math.round(now - silentMs) };
  }

  #notHeard({ deafMs }: LegFlow, now: number): MediaProblem | null {
    if (this.#sendsSince === null || deafMs === null) return null;
    const unheardMs = Math.min(deafMs, now - this.#sendsSince);
    if (unheardMs < this.#limits.mediaMs) return null;
    return { kind: 'not-heard', direction: 'sent', hop: 'network', since: Math.round(now - unheardMs) };
  }

  #sendRefused({ sent, sendErrors }: LegFlow, now: number): MediaProblem | null {
    const before = this.#before;
    const refused = before !== null && sendErrors > before.sendErrors;
    // A closed port refuses every second packet at least (the error of one is told on the next).
    const mostly = refused && sendErrors - before.sendErrors >= (sent - before.sent) / 2;
    this.#refusedSince = this.#sendsSince !== null && mostly ? (this.#refusedSince ?? now) : null;
    if (this.#refusedSince === null || now - this.#refusedSince < this.#limits.mediaMs - FLOW_LOOK_MS) return null;
    return { kind: 'send-refused', direction: 'sent', hop: 'far-end', since: Math.round(this.#refusedSince) };
  }

  #noReports({ sinceReportMs }: LegFlow, now: number): MediaProblem | null {
    if (this.#sendsSince === null || sinceReportMs === null) return null;
    const unreportedMs = Math.min(sinceReportMs, now - this.#sendsSince);
    if (unreportedMs < this.#limits.reportsMs) return null;
    return { kind: 'no-reports', direction: 'sent', hop: 'unknown', since: Math.round(now - unreportedMs) };
  }
}
