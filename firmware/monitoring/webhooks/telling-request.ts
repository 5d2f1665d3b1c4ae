import type { Telling } from '../../scripts/leader.ts';
import { signedUrl, twilioSignature, withBodyHash } from './twilio-signature.ts';

/** What is sent to an application of what its script came to. */
export interface TellingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Empty of GET. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param token signs as Twilio does; null: it is not signed so
 * @returns null where there is no http(s) URL
 */
export function tellingRequest(
  { url: text, method, format, fields }: Telling,
  token: string | null,
): TellingRequest | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return null;
  const sign = (asked: URL, signed?: Record<string, string[]>): Record<string, string> =>
    token === null ? {} : { 'x-twilio-signature': twilioSignature(token, signedUrl(asked), signed) };
  if (method === 'GET') {
    for (const [name, values] of Object.entries(asForm(fields)))
      for (const value of values) url.searchParams.append(name, value);
    return { method, url, body: '', headers: sign(url) };
  }
  if (format === 'json') {
    const body = JSON.stringify(fields);
    const asked = token === null ? url : withBodyHash(url, body);
    return { method, url: asked, body, headers: { 'content-type': 'application/json', ...sign(asked) } };
  }
  const form = asForm(fields);
  const pairs = Object.entries(form).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...sign(url, form) };
  return { method, url, body: new URLSearchParams(pairs).toString(), headers };
}

/** A list repeats its name; an object is its JSON; what is not there is left out. */
function asForm(fields: Telling['fields']): Record<string, string[]> {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(asText)]));
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
