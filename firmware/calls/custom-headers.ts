import type { Headers } from '../sip/message/headers.ts';

export type CustomHeader = readonly [name: string, value: string];

/** CONTRACT §1.4: the same bounds as for the headers of an application. */
const MAX_HEADERS = 32;
const MAX_BYTES = 4096;

/** The X- headers of a message, in order; of more than fit the first ones. */
export function customHeaders(headers: Headers): CustomHeader[] {
  let bytes = 0;
  const kept: CustomHeader[] = [];
  for (const [name, value] of headers) {
    if (!/^x-/i.test(name)) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (bytes > MAX_BYTES || kept.length >= MAX_HEADERS) break;
    kept.push([name, value]);
  }
  return kept;
}
