import { createHash, createHmac } from 'node:crypto';

/**
 * `X-Twilio-Signature` of a request (CONTRACT §4.5): HMAC-SHA1 of the URL with its query, and behind it the names and values
 * of a form's fields, by name; of a field that comes several times each value once, by value.
 *
 * @param url as it is asked for
 * @param fields of a form; none of GET and of JSON
 */
export function twilioSignature(
  token: string,
  url: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  const signed = Object.keys(fields)
    .sort()
    .flatMap(name => [...new Set([fields[name] ?? ''].flat())].sort().map(value => `${name}${value}`));
  return createHmac('sha1', token)
    .update(`${url}${signed.join('')}`, 'utf8')
    .digest('base64');
}

/** The URL under which JSON is posted: its query tells the body's SHA-256. */
export function withBodyHash(url: URL, body: string): URL {
  const hashed = new URL(url);
  hashed.searchParams.set('bodySHA256', createHash('sha256').update(body).digest('hex'));
  return hashed;
}

/** What of a URL is signed: a password in it is a header of the request, and no part of what is asked for. */
export function signedUrl(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}
