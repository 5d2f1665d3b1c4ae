import { formatCSeq, parseCSeq } from '../message/cseq.ts';
import { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseNameAddr, tagOf, withTag } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';

/** RFC 3261 §12: what both ends of a dialog agree on, as values. */
export interface DialogState {
  readonly callId: string;
  readonly localTag: string;
  /** '' of a peer that sent none (RFC 2543). */
  readonly remoteTag: string;
  /** Value of From in our requests, tag included. */
  readonly local: string;
  /** Value of To in our requests, tag included. */
  readonly remote: string;
  /** Values of Route, the next hop first. */
  readonly routeSet: readonly string[];
  /** URI of the far end's Contact. */
  readonly remoteTarget: string;
  readonly localSeq: number;
  readonly remoteSeq: number | null;
  /** Methods that the far end takes; empty when it did not say. */
  readonly remoteAllows: ReadonlySet<string>;
  /** Option tags, in lower case. */
  readonly remoteSupports: ReadonlySet<string>;
}

/** A hostile Record-Route would otherwise be copied into every request of ours. */
const MAX_ROUTES = 32;
/** Far more than there are methods or extensions. */
const MAX_TAGS = 64;
const NO_TAGS: ReadonlySet<string> = new Set();

/**
 * RFC 3261 §12.1.2: the dialog that a 1xx or 2xx to our INVITE makes.
 * @throws SipParseError
 */
export function dialogOfResponse(invite: SipRequest, response: SipResponse): DialogState {
  const local = required(invite.headers, 'From');
  const remote = required(response.headers, 'To');
  return {
    callId: required(invite.headers, 'Call-ID'),
    localTag: tagOf(local) ?? '',
    remoteTag: tagOf(remote) ?? '',
    local,
    remote,
    routeSet: routeSet(response.headers).reverse(),
    remoteTarget: targetOf(response.headers) ?? invite.uri,
    localSeq: parseCSeq(required(invite.headers, 'CSeq')).number,
    remoteSeq: null,
    remoteAllows: methodsOf(response.headers) ?? NO_TAGS,
    remoteSupports: extensionsOf(response.headers) ?? NO_TAGS,
  };
}

/**
 * RFC 3261 §12.1.1: the dialog that we make of an INVITE by answering it with our tag.
 * @throws SipParseError
 */
export function dialogOfRequest(invite: SipRequest, localTag: string): DialogState {
  const remote = required(invite.headers, 'From');
  return {
    callId: required(invite.headers, 'Call-ID'),
    localTag,
    remoteTag: tagOf(remote) ?? '',
    local: withTag(required(invite.headers, 'To'), localTag),
    remote,
    routeSet: routeSet(invite.headers),
    // A peer of RFC 2543 may have no Contact: who it says it is stands for where it is (RFC 4475 §3.4.1).
    remoteTarget: readTarget(invite.headers.get('Contact') ?? remote),
    localSeq: 0,
    remoteSeq: parseCSeq(required(invite.headers, 'CSeq')).number,
    remoteAllows: methodsOf(invite.headers) ?? NO_TAGS,
    remoteSupports: extensionsOf(invite.headers) ?? NO_TAGS,
  };
}

/**
 * After a target refresh, theirs or the 2xx to one of ours (§12.2.1.2, §12.2.2): what it does not say, or says so that
 * it cannot be read, stays. The route set never changes.
 */
export function refreshed(state: DialogState, { headers }: SipRequest | SipResponse): DialogState {
  return {
    ...state,
    remoteTarget: targetOf(headers) ?? state.remoteTarget,
    remoteAllows: methodsOf(headers) ?? state.remoteAllows,
    remoteSupports: extensionsOf(headers) ?? state.remoteSupports,
  };
}

/**
 * §13.2.2.4: the 2xx to the INVITE confirms an early dialog of its tag; its routes replace those of the 1xx.
 * @throws SipParseError
 */
export function confirmed(state: DialogState, response: SipResponse): DialogState {
  return { ...refreshed(state, response), routeSet: routeSet(response.headers).reverse() };
}

/** A request inside of a dialog and the URI of its next hop (RFC 3261 §12.2.1.1). */
export function requestInDialog(
  state: DialogState,
  method: string,
  cseq: number,
  body: Buffer,
): { request: SipRequest; nextHop: string } {
  const { uri, routes, nextHop } = routing(state);
  const headers = new Headers();
  for (const route of routes) headers.add('Route', route);
  headers.add('Max-Forwards', '70');
  headers.add('From', state.local);
  headers.add('To', state.remote);
  headers.add('Call-ID', state.callId);
  headers.add('CSeq', formatCSeq(cseq, method));
  return { request: { kind: 'request', method, uri, headers, body }, nextHop };
}

function routing(state: DialogState): { uri: string; routes: readonly string[]; nextHop: string } {
  const [first] = state.routeSet;
  if (first === undefined) return { uri: state.remoteTarget, routes: [], nextHop: state.remoteTarget };
  const firstUri = parseNameAddr(first).uri;
  if (isLoose(firstUri)) return { uri: state.remoteTarget, routes: state.routeSet, nextHop: firstUri };
  // A strict router (RFC 2543) takes the Request-URI for its own and finds the target at the end of the route.
  return { uri: firstUri, routes: [...state.routeSet.slice(1), `<${state.remoteTarget}>`], nextHop: firstUri };
}

function isLoose(uri: string): boolean {
  return parseUri(uri).params.has('lr');
}

/** In the order of the message; every URI of it can be read. */
function routeSet(headers: Headers): string[] {
  const routes = headers.getAll('Record-Route');
  if (routes.length > MAX_ROUTES) throw new SipParseError(`more than ${MAX_ROUTES} Record-Routes`);
  for (const route of routes) parseUri(parseNameAddr(route).uri);
  return routes;
}

/**
 * Mandatory in a 2xx, but a provisional response may come without, and a call that was answered is not given up for a
 * Contact that cannot be read: the far end is then where the INVITE went.
 */
function targetOf(headers: Headers): string | null {
  try {
    return readTarget(required(headers, 'Contact'));
  } catch (error) {
    if (error instanceof SipParseError) return null;
    throw error;
  }
}

/** Null when the message does not say. */
function methodsOf(headers: Headers): ReadonlySet<string> | null {
  return headers.has('Allow') ? new Set(headers.getAll('Allow').slice(0, MAX_TAGS)) : null;
}

function extensionsOf(headers: Headers): ReadonlySet<string> | null {
  if (!headers.has('Supported')) return null;
  const tags = headers.getAll('Supported').slice(0, MAX_TAGS);
  return new Set(tags.map(tag => tag.toLowerCase()));
}

function readTarget(contact: string): string {
  const { uri } = parseNameAddr(contact);
  parseUri(uri);
  return uri;
}

function required(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === undefined) throw new SipParseError(`there is no ${name}`);
  return value;
}
