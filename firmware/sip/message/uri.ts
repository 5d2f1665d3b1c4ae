import { CrosspointError } from '../../base/errors.ts';
import { SipParseError } from './errors.ts';
import { formatHostPort, isHost, parseHostPort } from './host-port.ts';

/** A SIP, SIPS or tel URI (RFC 3261 §19.1, RFC 3966). */
export interface SipUri {
  scheme: 'sip' | 'sips' | 'tel';
  /** Unescaped ("%23" is "#"). Of a tel URI the number as written, with its visual separators. */
  user: string | null;
  /** Unescaped. */
  password: string | null;
  /** Lower case; an IPv6 address without brackets; '' of a tel URI. */
  host: string;
  port: number | null;
  /** Names in lower case, values unescaped and in their own case. */
  params: Map<string, string | null>;
  /** What follows "?", raw. */
  headers: string | null;
}

const MAX_LENGTH = 2048;
const MAX_PARAMS = 64;
/** No URI holds these; among them what would end a name-addr or a request line. */
const FORBIDDEN = /[\s<>"\\^{}\u0000-\u0020\u007f]/;
const TEL_NUMBER = /^(?:\+[0-9][0-9.()-]*|[0-9A-Fa-f*#.()-]+)$/;

/**
 * @throws SipParseError status 400, 414 (too long) or 416 (another scheme)
 */
export function parseUri(text: string): SipUri {
  if (text.length > MAX_LENGTH) throw new SipParseError(`a URI is longer than ${MAX_LENGTH} characters`, 414);
  if (FORBIDDEN.test(text)) throw new SipParseError('a URI holds a character that must be escaped');
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon).toLowerCase();
  if (scheme === 'tel') return parseTel(text.slice(colon + 1));
  if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, text.slice(colon + 1));
  throw new SipParseError('the URI scheme is not sip, sips or tel', colon < 0 ? 400 : 416);
}

function parseSip(scheme: 'sip' | 'sips', rest: string): SipUri {
  // The user part may hold ";", "?" and "/" (RFC 4475 §3.1.1.2), so "@" is looked for before them.
  const at = rest.lastIndexOf('@');
  const userInfo = at < 0 ? null : rest.slice(0, at);
  const afterUser = rest.slice(at + 1);
  const question = afterUser.indexOf('?');
  const beforeHeaders = question < 0 ? afterUser : afterUser.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const hostPort = semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon);

  const colon = userInfo === null ? -1 : userInfo.indexOf(':');
  const user = userInfo === null || colon < 0 ? userInfo : userInfo.slice(0, colon);
  if (user === '') throw new SipParseError('the user part of a URI is empty');
  if (user?.includes('@')) throw new SipParseError('a URI holds more than one "@"');
  return {
    scheme,
    user: user === null ? null : unescapeUri(user),
    password: userInfo === null || colon < 0 ? null : unescapeUri(userInfo.slice(colon + 1)),
    ...parseHostPort(hostPort),
    params: semicolon < 0 ? new Map() : parseUriParams(beforeHeaders.slice(semicolon + 1)),
    headers: question < 0 ? null : afterUser.slice(question + 1),
  };
}

function parseTel(rest: string): SipUri {
  const semicolon = rest.indexOf(';');
  const number = semicolon < 0 ? rest : rest.slice(0, semicolon);
  if (!TEL_NUMBER.test(number)) throw new SipParseError('a tel URI needs a telephone number');
  return {
    scheme: 'tel',
    user: number,
    password: null,
    host: '',
    port: null,
    params: semicolon < 0 ? new Map() : parseUriParams(rest.slice(semicolon + 1)),
    headers: null,
  };
}

function parseUriParams(text: string): Map<string, string | null> {
  const params = new Map<string, string | null>();
  for (const part of text.split(';', MAX_PARAMS + 1)) {
    // "sip:host;" is sent by real phones and means nothing.
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = unescapeUri(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === '') throw new SipParseError('a URI parameter has no name');
    if (params.has(name)) throw new SipParseError('a URI parameter stands twice');
    params.set(name, equals < 0 ? null : unescapeUri(part.slice(equals + 1)));
  }
  if (params.size > MAX_PARAMS) throw new SipParseError(`a URI has more than ${MAX_PARAMS} parameters`);
  return params;
}

function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SipParseError('a "%" in a URI is not followed by the hexadecimal bytes of UTF-8');
  }
}

/** RFC 3261 §25.1: what may stand unescaped, beside letters and digits. */
const USER_SAFE = /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/gu;
const PASSWORD_SAFE = /[^A-Za-z0-9\-_.!~*'()&=+$,]/gu;
const PARAM_SAFE = /[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/gu;

/**
 * The text of a URI, escaped where it must be, so that no field can turn into another one.
 * @throws CrosspointError sip.bad-uri
 */
export function formatUri(uri: SipUri): string {
  const { scheme, headers } = uri;
  let text = `${scheme}:${scheme === 'tel' ? formatNumber(uri) : formatAuthority(uri)}`;
  for (const [name, value] of uri.params) {
    text += `;${escapeUri(name, PARAM_SAFE)}`;
    if (value !== null) text += `=${escapeUri(value, PARAM_SAFE)}`;
  }
  if (headers !== null) text += `?${headers}`;
  if (FORBIDDEN.test(text)) throw new CrosspointError('sip.bad-uri', 'the headers of a URI must be escaped');
  return text;
}

function formatNumber(uri: SipUri): string {
  if (uri.user === null || !TEL_NUMBER.test(uri.user))
    throw new CrosspointError('sip.bad-uri', 'a tel URI needs a telephone number');
  return uri.user;
}

function formatAuthority({ user, password, host, port }: SipUri): string {
  if (!isHost(host)) throw new CrosspointError('sip.bad-uri', 'the host of a URI is not a name or an IP address');
  if (user === null) return formatHostPort(host, port);
  const secret = password === null ? '' : `:${escapeUri(password, PASSWORD_SAFE)}`;
  return `${escapeUri(user, USER_SAFE)}${secret}@${formatHostPort(host, port)}`;
}

function escapeUri(text: string, unsafe: RegExp): string {
  const percent = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return text.replace(unsafe, char => Array.from(Buffer.from(char), percent).join(''));
}
