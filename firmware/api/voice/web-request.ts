import type { WebRequest, WebTarget } from '../../scripts/web.ts';
import type { Fields } from './event-bodies.ts';

/** A request for an NCCO: fields in the query, or as JSON; what is an object in a query is its JSON. */
export function webRequest({ url: text, method }: WebTarget, fields: Fields): WebRequest {
  const url = new URL(text);
  const accept = { accept: 'application/json' };
  if (method === 'POST')
    return { url, method, headers: { ...accept, 'content-type': 'application/json' }, body: JSON.stringify(fields) };
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    url.searchParams.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return { url, method, headers: accept, body: null };
}
