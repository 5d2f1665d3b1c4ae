import { SipParseError } from '../message/errors.ts';
import type { SipRequest } from '../message/message.ts';
import { parseNameAddr, tagOf } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import { ACCEPT, ALLOW, ALLOWED_METHODS, OTHER_KNOWN_METHODS } from './capabilities.ts';

/** The answer to a request that does not get as far as its dialog or its owner. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/**
 * What RFC 3261 §8.2.1–§8.2.3 have a UAS look at before anything else, in that order. Null: go on.
 * `CANCEL` and `ACK` do not come here: they are not to be refused (§8.2.2.3).
 */
export function refusalOf(request: SipRequest): Refusal | null {
  return methodRefusal(request) ?? headerRefusal(request) ?? extensionRefusal(request) ?? contentRefusal(request);
}

function methodRefusal({ method }: SipRequest): Refusal | null {
  if (ALLOWED_METHODS.some(allowed => allowed === method)) return null;
  return { status: OTHER_KNOWN_METHODS.has(method) ? 405 : 501, headers: [ALLOW] };
}

function headerRefusal(request: SipRequest): Refusal | null {
  const { headers, method, uri } = request;
  try {
    const { scheme } = parseUri(uri);
    if (scheme === 'sips') return { status: 416 };
    const inDialog = tagOf(headers.get('To') ?? '') !== null;
    tagOf(headers.get('From') ?? '');
    if (method === 'INVITE') {
      const contacts = headers.getAll('Contact');
      // §12.1.1: exactly one, or there is no way to reach the caller in the dialog.
      if (contacts.length !== 1) return { status: 400, reason: 'INVITE Needs One Contact' };
      parseUri(parseNameAddr(contacts[0]!).uri);
    }
    return inDialog || method === 'OPTIONS' ? null : hopsRefusal(headers.get('Max-Forwards'));
  } catch (error) {
    if (error instanceof SipParseError) return { status: error.status };
    throw error;
  }
}

/**
 * A gateway calls on: a call that has used up its hops has gone round in circles. OPTIONS is exempt, for it ends here
 * (§11.2). Some phones leave the header out, which harms nobody.
 */
function hopsRefusal(maxForwards: string | undefined): Refusal | null {
  if (maxForwards === undefined) return null;
  if (!/^\d{1,3}$/.test(maxForwards)) return { status: 400 };
  return Number(maxForwards) === 0 ? { status: 483 } : null;
}

/** §8.2.2.3: no extension is supported, so each that is required is one too many. */
function extensionRefusal({ headers }: SipRequest): Refusal | null {
  const required = headers.getAll('Require');
  return required.length > 0 ? { status: 420, headers: [['Unsupported', required.join(', ')]] } : null;
}

/** §8.2.3: a body must be SDP, as it is. */
function contentRefusal({ headers, method, body }: SipRequest): Refusal | null {
  if (method !== 'INVITE' || body.length === 0) return null;
  const type = (headers.get('Content-Type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type !== 'application/sdp') return { status: 415, headers: [ACCEPT] };
  const encodings = headers.getAll('Content-Encoding').filter(each => each.toLowerCase() !== 'identity');
  return encodings.length > 0 ? { status: 415, headers: [['Accept-Encoding', 'identity']] } : null;
}
