import type { Headers } from '../../sip/message/headers.ts';
import type { HeaderLines } from '../header-lines.ts';
import { passHeaders } from '../header-pass.ts';
import type { TrunkPort } from '../trunk-port.ts';

/** What a response, BYE or CANCEL of one side says to the other one: the headers that its trunk passes on. */
export function carriedHeaders(headers: Headers, trunk: TrunkPort | null): HeaderLines {
  return passHeaders(headers, { pass: trunk?.config.headers.pass ?? [], diversion: 'drop' }).headers;
}

/** The same at the end of a side, with every Reason that it gave; null when it gave none, and we have to. */
export function farewellOf(headers: Headers, trunk: TrunkPort | null): HeaderLines | null {
  const reasons = headers.getAll('Reason').map(value => ['Reason', value] as const);
  return reasons.length === 0 ? null : [...reasons, ...carriedHeaders(headers, trunk)];
}
