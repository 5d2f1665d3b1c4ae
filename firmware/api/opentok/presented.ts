import type { IncomingHttpHeaders } from 'node:http';

/** The credential of a request, and as whose it is to be read. */
export interface Presented {
  readonly kind: 'opentok' | 'vonage';
  /** Unverified; undefined: there is none. */
  readonly token: unknown;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * CONTRACT §1.1 and §2. Which header a request has says which vendor's it is, so that a stranger is refused in the same
 * way whether or not the box knows the key in the path.
 *
 * @param key of the path, which says it for a request without any
 */
export function presentedIn(headers: IncomingHttpHeaders, key: string | undefined): Presented {
  const { authorization = '', 'x-opentok-auth': opentok, 'x-vonage-auth': vonage } = headers;
  if (opentok !== undefined) return { kind: 'opentok', token: opentok };
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined || vonage !== undefined) return { kind: 'vonage', token: bearer ?? vonage };
  return { kind: UUID.test(key ?? '') ? 'vonage' : 'opentok', token: undefined };
}
