import { SipParseError } from '../message/errors.ts';
import { formatParams, type Params, parseParams } from '../message/params.ts';

/**
 * Which REFER of a dialog a NOTIFY or SUBSCRIBE is about: the CSeq number of that REFER, or null for the first one,
 * which needs none (RFC 3515 §2.4.6). Undefined when it is about another event.
 * @throws SipParseError
 */
export function referEventId(value: string | undefined): string | null | undefined {
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const event = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  if (event === '') throw new SipParseError('an Event is empty');
  if (event !== 'refer') return undefined;
  return (semicolon < 0 ? null : parseParams(value, semicolon).get('id')) ?? null;
}

export function formatReferEvent(id: string | null): string {
  const params: Params = new Map(id === null ? [] : [['id', id]]);
  return `refer${formatParams(params)}`;
}
