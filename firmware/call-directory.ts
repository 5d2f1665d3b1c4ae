import type { CallDirectory, CallPage, CallQuery, CallView } from './api/ports.ts';
import type { Call } from './calls/call.ts';
import { callFacts } from './calls/call-facts.ts';
import type { Calls } from './calls/calls.ts';
import { cursorOf, type Place, placeIn } from './records/call-cursor.ts';
import { isAskedFor } from './records/record-filter.ts';
import type { CallRecords, KeptCall } from './store/call-records.ts';
import type { Judged } from './verdict/judged.ts';
import { judgedOf } from './verdict/judged.ts';
import { verdictOn } from './verdict/verdict-on.ts';

/** Of a list with past calls, where nothing else is said. */
const USUAL_LIMIT = 100;

/** The calls of the box, live and past, in the shape that the operator's API shows. */
export function callDirectory(calls: Calls, records: CallRecords): CallDirectory {
  return {
    list: query => listed(calls, records, query),
    get: async id => {
      const call = calls.get(id);
      if (call) return liveView(call);
      const kept = await records.get(id);
      return kept ? pastView(kept) : undefined;
    },
  };
}

async function listed(calls: Calls, records: CallRecords, query: CallQuery): Promise<CallPage> {
  const { state, cursor } = query;
  const withPast = state === 'all' || state === 'ended';
  const limit = query.limit ?? (withPast ? USUAL_LIMIT : Number.POSITIVE_INFINITY);
  const place = placeIn(cursor);
  const live = state === 'ended' || place?.kind === 'past' ? [] : liveCalls(calls, query, place);
  const shown = live.slice(0, limit);
  const items = await Promise.all(shown.map(liveView));
  const last = shown.at(-1);
  if (last && live.length > limit)
    return { items, next: cursorOf({ kind: 'live', createdAt: last.ref.createdAt, id: last.ref.id }) };
  if (!withPast) return { items, next: null };
  const room = limit - items.length;
  // A page that is full with live calls says where the past ones begin.
  if (room === 0) return { items, next: cursorOf({ kind: 'past', after: null }) };
  const past = await records.page(query, place?.kind === 'past' ? place.after : null, room);
  return {
    items: [...items, ...past.calls.map(pastView)],
    next: past.next && cursorOf({ kind: 'past', after: past.next }),
  };
}

/** Those that began last first, from where the page before ended. */
function liveCalls(calls: Calls, query: CallQuery, place: Place | null): Call[] {
  const { state } = query;
  return calls
    .list()
    .filter(call => state === 'live' || state === 'all' || call.state === state)
    .filter(call => isAskedFor(callFacts(call), query))
    .sort(newestFirst)
    .filter(({ ref }) => place?.kind !== 'live' || newestFirst({ ref: place }, { ref }) < 0);
}

interface Placed {
  readonly ref: { readonly createdAt: number; readonly id: string };
}

function newestFirst({ ref: one }: Placed, { ref: other }: Placed): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : Number(one.id > other.id));
}

async function liveView(call: Call): Promise<CallView> {
  const { state, stages } = call;
  const facts = callFacts(call);
  return {
    ...shared(facts),
    state,
    endedAt: stages.endedAt,
    muted: call.muted,
    headers: call.headers.map(([name, value]) => ({ name, value })),
    media: await call.media(),
    quality: [...call.quality.lastInterval],
    problems: call.quality.problems,
    digits: [...call.digits],
    result: null,
    reason: null,
    verdict: verdictOn(judgedLive(call)),
  };
}

function judgedLive(call: Call): Judged {
  return {
    facts: callFacts(call),
    end: null,
    endedAt: null,
    problems: call.quality.problems.map(problem => ({ ...problem, until: null })),
    figures: call.quality.lastInterval,
  };
}

function pastView({ record, media }: KeptCall): CallView {
  const judged = judgedOf(record, media);
  return {
    ...shared(record),
    state: 'HANGUP',
    endedAt: record.endedAt,
    muted: false,
    headers: [],
    media: [],
    quality: (media?.legs ?? []).flatMap(({ leg, side, call }) => (call ? [{ leg, side, interval: null, call }] : [])),
    problems: judged.problems.map(problem => ({ ...problem })),
    digits: [],
    result: record.result,
    reason: record.reason,
    verdict: verdictOn(judged),
  };
}

type Shared = 'id' | 'project' | 'sessionId' | 'connectionId' | 'sipCallIds' | 'direction' | 'from' | 'to' | 'trunks';

function shared(facts: Judged['facts']) {
  const {
    sides,
    digits,
    problem: _problem,
    said: _said,
    contact: _contact,
    acknowledged: _acknowledged,
    ...rest
  } = facts;
  return {
    ...(rest satisfies Pick<CallView, Shared>),
    codecs: sides.map(({ codec }) => codec),
    sides: sides.map(({ codec: _codec, ...side }) => side),
    digitCount: digits,
    trace: `/device/calls/${facts.id}/trace`,
  };
}
