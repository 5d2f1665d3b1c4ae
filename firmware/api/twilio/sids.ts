import type { CallId } from '../../base/ids.ts';

/*
 * The vendor's ids: two letters and 32 hex digits. Behind the letters is the UUID by which the box knows the thing.
 */

export type SidKind = 'CA' | 'RE' | 'CF';

export function sidOf(kind: SidKind, id: string): string {
  return `${kind}${id.replaceAll('-', '').toLowerCase()}`;
}

/** @returns null of what is no id of that kind */
export function idOf(kind: SidKind, sid: string): CallId | null {
  const hex = /^([A-Z]{2})([0-9a-f]{32})$/.exec(sid);
  if (hex?.[1] !== kind || hex[2] === undefined) return null;
  return hex[2].replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as CallId;
}
