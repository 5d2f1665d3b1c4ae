import { CrosspointError } from '../base/errors.ts';

/** Where a page of calls ended: at a live call, or among those that are over (`after` null: before the first of them). */
export type Place =
  | { readonly kind: 'live'; readonly createdAt: number; readonly id: string }
  | { readonly kind: 'past'; readonly after: { readonly createdAt: number; readonly row: number } | null };

const LIVE = /^l(\d{1,16})\.([0-9A-Za-z-]{1,64})$/;
const PAST = /^p(?:(\d{1,16})\.(\d{1,16}))?$/;

/** For its reader it is a text without meaning. */
export function cursorOf(place: Place): string {
  if (place.kind === 'live') return `l${place.createdAt}.${place.id}`;
  return place.after === null ? 'p' : `p${place.after.createdAt}.${place.after.row}`;
}

/** @throws CrosspointError http.bad-request for a text that is no cursor */
export function placeIn(cursor: string | null): Place | null {
  if (cursor === null) return null;
  const live = LIVE.exec(cursor);
  if (live) return { kind: 'live', createdAt: Number(live[1]), id: live[2] ?? '' };
  const past = PAST.exec(cursor);
  if (!past) throw new CrosspointError('http.bad-request', 'The cursor is none that a page of calls had as its next');
  const [, createdAt, row] = past;
  return { kind: 'past', after: row === undefined ? null : { createdAt: Number(createdAt), row: Number(row) } };
}
