import { type Static, Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { CallRecord } from '../../records/call-record.ts';
import type { CallFilter } from '../../records/record-filter.ts';

const Text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 256, description }));
const Moment = (description: string) =>
  Type.Optional(
    Type.String({
      maxLength: 40,
      description: `${description}: ISO 8601 ("2026-11-27T09:00:00Z"), or milliseconds since 1970`,
    }),
  );

/** Query keys that say which calls are asked for. */
export const callFilterKeys = {
  project: Text('whose they are'),
  session: Text('in which session they were'),
  direction: Type.Optional(Type.Enum(['outbound', 'inbound'])),
  result: Type.Optional(CallRecord.properties.result),
  reason: Text('of their end: code ("486") or word ("busy-here")'),
  trunk: Text('over which they came or went out'),
  from: Text('part of who called'),
  to: Text('part of who was called'),
  text: Text('part of an id, a Call-ID, who called, who was called, or where it went'),
  since: Moment('began then or later'),
  until: Moment('began before'),
};
const Keys = Type.Object(callFilterKeys);

/** @throws CrosspointError http.bad-request for a time that is none */
export function filterOf(query: Static<typeof Keys>): CallFilter {
  const { project, session, direction, result, reason, trunk, from, to, text, since, until } = query;
  const given = { project, session, direction, result, reason, trunk, from, to, text };
  const times = { since: momentOf('since', since), until: momentOf('until', until) };
  return Object.fromEntries(Object.entries({ ...given, ...times }).filter(([, value]) => value !== undefined));
}

function momentOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms))
    throw new CrosspointError(
      'http.bad-request',
      `${name} is no time: give ISO 8601 such as 2026-11-27T09:00:00Z, or milliseconds since 1970`,
    );
  return ms;
}
