import { ACCEPT, ALLOW, allowOutside, isKnownMethod, isOwnedOutside, unsupported } from '../message/capabilities.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest } from '../message/message.ts';
import { parseNameAddr, tagOf } from '../message/name-addr.ts';
import { sessionBody } from '../message/session-body.ts';
import { parseUri } from '../message/uri.ts';
import { MAGIC_COOKIE, parseVia } from '../message/via.ts';

/** The answer to a request that does not get as far as its dialog or its owner. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** What the answer depends on beside the request. */
export interface Circumstances {
  /** It came over TLS. */
  readonly secure: boolean;
  /** Somebody takes requests outside of dialogs. */
  readonly owned: boolean;
}

/** The request as it is to be handled: its body is the session description where one is expected. */
export type Checked = { kind: 'request'; request: SipRequest } | { kind: 'refusal'; refusal: Refusal };

/**
 * What RFC 3261 §8.2.1–§8.2.3 have a UAS look at before anything else, in that order.
 * `CANCEL` and `ACK` do not come here: they are not to be refused (§8.2.2.3). `Proxy-Require` is for proxies.
 */
export function check(request: SipRequest, circumstances: Circumstances): Checked {
  try {
    const inDialog = isInDialog(request);
    const refusal =
      methodRefusal(request, inDialog, circumstances) ??
      headerRefusal(request, inDialog, circumstances) ??
      extensionRefusal(request);
    return refusal ? { kind: 'refusal', refusal } : checkBody(request);
  } catch (error) {
    if (error instanceof SipParseError) return { kind: 'refusal', refusal: { status: error.status } };
    throw error;
  }
}

export function isInDialog(request: SipRequest): boolean {
  return tagOf(request.headers.get('To') ?? '') !== null;
}

function methodRefusal({ method }: SipRequest, inDialog: boolean, { owned }: Circumstances): Refusal | null {
  const allow = inDialog ? ALLOW : allowOutside(owned);
  if (!isKnownMethod(method)) return { status: 501, headers: [allow] };
  const refused = inDialog ? method === 'REGISTER' || method === 'PUBLISH' : isOwnedOutside(method) && !owned;
  return refused ? { status: 405, headers: [allow] } : null;
}

function headerRefusal(request: SipRequest, inDialog: boolean, { secure }: Circumstances): Refusal | null {
  const { headers, method, uri } = request;
  // §26.2.2: sips says that every hop was TLS; over anything else that is not true.
  if (parseUri(uri).scheme === 'sips' && !secure) return { status: 416 };
  tagOf(headers.get('From') ?? '');
  // RFC 3891 §3: nothing else can take the place of a call.
  if (method !== 'INVITE' && headers.has('Replaces')) return { status: 400, reason: 'Replaces Outside Of INVITE' };
  if (method === 'INVITE') {
    const contacts = headers.getAll('Contact');
    // §12.1.1: exactly one, or there is no way to reach the caller in the dialog; RFC 2543 did without (RFC 4475 §3.4.1).
    if (contacts.length !== 1 && !isOld(request, contacts)) return { status: 400, reason: 'INVITE Needs One Contact' };
    for (const contact of contacts) parseUri(parseNameAddr(contact).uri);
    if (headers.has('Accept') && !takesDescriptions(headers.getAll('Accept'))) return NOT_ACCEPTABLE;
  }
  return inDialog || method === 'OPTIONS' ? null : hopsRefusal(headers.get('Max-Forwards'));
}

/** The answer would be a session description, which the caller says it cannot read (RFC 4475 §3.3.15). */
const NOT_ACCEPTABLE: Refusal = { status: 406, headers: [['Warning', '399 - "an answer is application/sdp"']] };

function takesDescriptions(accept: readonly string[]): boolean {
  return accept.some(each => SDP_RANGES.has((each.split(';', 1)[0] ?? '').trim().toLowerCase()));
}

const SDP_RANGES: ReadonlySet<string> = new Set(['application/sdp', 'application/*', '*/*', 'multipart/mixed']);

/** A peer of RFC 2543: it can be told by what it does not send. */
function isOld({ headers }: SipRequest, contacts: readonly string[]): boolean {
  const branch = parseVia(headers.get('Via') ?? '').params.get('branch') ?? '';
  return contacts.length === 0 && !branch.startsWith(MAGIC_COOKIE) && !headers.has('Max-Forwards');
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

/** §8.2.2.3: exactly those that are not understood. */
function extensionRefusal({ headers }: SipRequest): Refusal | null {
  const tags = headers.has('Require') ? unsupported(headers.getAll('Require')) : [];
  return tags.length > 0 ? { status: 420, headers: [['Unsupported', tags.join(', ')]] } : null;
}

/** What these carry is a session description; the bodies of other methods are for their owners to judge. */
const DESCRIBES_SESSION: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'PRACK']);

/** §8.2.3. */
function checkBody(request: SipRequest): Checked {
  if (request.body.length === 0 || !DESCRIBES_SESSION.has(request.method)) return { kind: 'request', request };
  const found = sessionBody(request.headers, request.body);
  if (found.kind === 'description') return { kind: 'request', request: unpacked(request, found.body) };
  const accepted = found.kind === 'encoded' ? (['Accept-Encoding', 'identity'] as const) : ACCEPT;
  return { kind: 'refusal', refusal: { status: 415, headers: [accepted] } };
}

/** The request as if it had brought its description alone. */
function unpacked(request: SipRequest, body: Buffer): SipRequest {
  if (body === request.body) return request;
  if (body.length > 0) request.headers.set('Content-Type', 'application/sdp');
  else request.headers.delete('Content-Type');
  return { ...request, body };
}
