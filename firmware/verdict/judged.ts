import type { CallMediaRecord, MediaFigures, Side, SideProblem } from '../quality/call-media.ts';
import type { CallEnd, CallFacts, CallRecord, CallTry } from '../records/call-record.ts';
import type { CallVerdict, VerdictSide } from './call-verdict.ts';

/** Something that kept the parties from hearing each other; `until` null: it still does. */
export type PastProblem = SideProblem & { readonly until: number | null };

/** All that a verdict is made from. */
export interface Judged {
  readonly facts: CallFacts;
  /** Null while it lives. */
  readonly end: CallEnd | null;
  readonly endedAt: number | null;
  readonly problems: readonly PastProblem[];
  /** Of the whole call, of each leg that was measured. */
  readonly figures: readonly { readonly side: Side; readonly call: MediaFigures }[];
}

/** One rule: what it is about, and what it makes of a call that it is about; null of all others. */
export interface Rule {
  readonly rule: string;
  readonly layer: CallVerdict['layer'];
  judge(call: Judged): Finding | null;
}

export interface Finding {
  readonly side: VerdictSide;
  readonly sentence: string;
  readonly evidence: CallVerdict['evidence'];
}

export function judgedOf(record: CallRecord, media: CallMediaRecord | null): Judged {
  return {
    facts: record,
    end: record.reason,
    endedAt: record.endedAt,
    problems: media?.problems ?? [],
    figures: (media?.legs ?? []).flatMap(({ side, call }) => (call ? [{ side, call }] : [])),
  };
}

/** Who is at that side. */
export function partyAt({ facts }: Judged, side: Side): 'caller' | 'callee' {
  if (facts.direction === 'outbound') return 'callee';
  return side === 'first' ? 'caller' : 'callee';
}

/** Whom the last thing was about that a call out met; undefined of one that did not go out. */
export function lastTry({ facts }: Judged): CallTry | undefined {
  return facts.tries.at(-1);
}

/** "udp 192.0.2.9:5060", or the address where the name led to none. */
export function placeOf({ hop, target }: CallTry): string {
  return hop ?? target;
}

/** Each place that was tried, as a line. */
export function triedPlaces({ facts }: Judged): string[] {
  return facts.tries.map(each => {
    const said = each.status === null ? each.outcome : `${each.status}`;
    return `${placeOf(each)}: ${said} (${each.detail})`;
  });
}

/** As logs have it. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** How far it got. */
export function stageOf({ facts }: Judged): string {
  if (facts.activeAt !== null) return 'answered';
  return facts.ringingAt === null ? 'not yet ringing' : 'ringing';
}
