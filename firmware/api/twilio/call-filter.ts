import type { TwilioCall } from './call-resource.ts';
import { statusOfCall } from './call-resource.ts';
import { TwilioError } from './errors.ts';
import { shownCaller, shownParty } from './party.ts';
import { idOf } from './sids.ts';

const DAY_MS = 86_400_000;

/**
 * Which calls a list is asked for: To, From, Status, ParentCallSid, StartTime and EndTime with < and >.
 * @throws TwilioError 20001 for a date that is none
 */
export function callFilter(query: URLSearchParams): (call: TwilioCall) => boolean {
  const [to, from, status] = ['To', 'From', 'Status'].map(name => query.get(name));
  const parent = query.get('ParentCallSid');
  const parentId = parent === null ? null : (idOf('CA', parent) ?? 'nobody');
  const dates = [
    ...datesIn(query, 'StartTime', call => call.activeAt ?? call.createdAt),
    ...datesIn(query, 'EndTime', call => call.endedAt),
  ];
  return call => {
    const caller = call.direction === 'inbound' ? shownParty(call.from) : shownCaller(call.from);
    if (to && shownParty(call.to) !== shownParty(to)) return false;
    if (from && caller !== shownParty(from)) return false;
    if (status && statusOfCall(call) !== status) return false;
    if (parentId !== null && call.parent !== parentId) return false;
    return dates.every(isRight => isRight(call));
  };
}

type When = (call: TwilioCall) => number | null;

function* datesIn(query: URLSearchParams, name: string, when: When): Generator<(call: TwilioCall) => boolean> {
  for (const [key, value] of query) {
    if (!key.startsWith(name)) continue;
    const relation = key.slice(name.length);
    const at = Date.parse(value);
    if (!['', '<', '>'].includes(relation) || Number.isNaN(at))
      throw new TwilioError(400, 20001, `${key} must be a date such as 2026-11-30`);
    yield call => {
      const time = when(call);
      if (time === null) return false;
      // A date alone is the whole day.
      if (relation === '<') return time <= at;
      if (relation === '>') return time >= at;
      return value.includes('T') ? Math.floor(time / 1000) === Math.floor(at / 1000) : time >= at && time < at + DAY_MS;
    };
  }
}
