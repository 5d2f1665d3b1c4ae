import type { IncomingHttpHeaders } from 'node:http';

/** The credential of a request, and as whose it is to be read. */
export interface Presented {
  readonly kind: 'opentok' | 'vonage';
  /** Unverified; undefined: there is none. */
  readonly token: unknown;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * CONTRACT §1.1 and §2. The header says which vendor's it is, and the form of the key in the path: a stranger is refused
 * in the same way whether or not the box knows that key.
 *
 * @param key of the path; undefined where it has none
 */
export function presentedIn(headers: IncomingHttpHeaders, key: string | undefined): Presented {
  const { authorization = '', 'x-opentok-auth': opentok, 'x-vonage-auth': vonage } = headers;
  if (opentok !== undefined) return { kind: 'opentok', token: opentok };
  // Applications have UUIDs alone.
  if (key !== undefined && !UUID.test(key)) return { kind: 'opentok', token: undefined };
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? vonage;
  return { kind: token === undefined && key === undefined ? 'opentok' : 'vonage', token };
}
