import { refuseLineBreaks } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import { headerName } from '../message/header-names.ts';
import { formatNameAddr, parseNameAddr } from '../message/name-addr.ts';
import { formatUri, parseUri, type SipUri } from '../message/uri.ts';
import { formatReplaces, parseReplaces, type Replaces } from './replaces.ts';

/** RFC 3515 §2.1: whom to call, and what the call is to say. */
export interface ReferTo {
  readonly displayName: string | null;
  /** Without `method` and embedded headers: fit for a Request-URI. */
  readonly uri: SipUri;
  /** INVITE unless the URI says otherwise. */
  readonly method: string;
  /** Attended transfer: the call takes the place of that dialog (RFC 3891). */
  readonly replaces: Replaces | null;
  /** The other embedded headers that may be honoured, unescaped. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const MAX_HEADERS = 32;
const MAX_LENGTH = 4_096;

/**
 * RFC 3261 §19.1.5: a stranger's URI may not set what identifies, routes or authorises a request of ours, nor its body.
 */
const NOT_HONOURED = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'allow',
  'authorization',
  'body',
  'call-id',
  'contact',
  'content-length',
  'content-type',
  'content-encoding',
  'cseq',
  'from',
  'identity',
  'max-forwards',
  'organization',
  'p-asserted-identity',
  'p-preferred-identity',
  'privacy',
  'proxy-authorization',
  'proxy-require',
  'record-route',
  'remote-party-id',
  'replaces',
  'require',
  'route',
  'supported',
  'to',
  'user-agent',
  'via',
]);

/**
 * Reads the value of a Refer-To header.
 * @throws SipParseError (416 for schemes other than sip, sips and tel)
 */
export function parseReferTo(value: string): ReferTo {
  const { displayName, uri: text } = parseNameAddr(value);
  const question = headersStart(text);
  const plain = parseUri(text.slice(0, question));
  const params = new Map(plain.params);
  const method = params.get('method') ?? 'INVITE';
  params.delete('method');
  const headers = embeddedHeaders(text.slice(question + 1));
  const [replaces, ...more] = headers.filter(([name]) => name.toLowerCase() === 'replaces');
  if (more.length > 0) throw new SipParseError('a Refer-To has more than one Replaces');
  return {
    displayName,
    uri: { ...plain, params },
    method,
    replaces: replaces ? parseReplaces(replaces[1]) : null,
    headers: headers.filter(([name]) => !NOT_HONOURED.has(headerName(name)?.key ?? 'body')),
  };
}

/** @throws CrosspointError sip.bad-uri, sip.line-break */
export function formatReferTo(target: ReferTo): string {
  const { displayName, method, replaces } = target;
  const params = new Map(target.uri.params);
  if (method !== 'INVITE') params.set('method', method);
  const headers = [...target.headers];
  if (replaces) headers.push(['Replaces', formatReplaces(replaces)]);
  const embedded = headers.map(([name, value]) => {
    refuseLineBreaks(value, name);
    return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  });
  const uri = formatUri({ ...target.uri, params, headers: embedded.length > 0 ? embedded.join('&') : null });
  return formatNameAddr({ displayName, uri, params: new Map() });
}

/**
 * The "?" before the headers of a URI, or its end. Looked for behind the "@", since a user part may hold "?"; phones
 * leave the "@" of a Call-ID unescaped in the Replaces behind it.
 */
function headersStart(text: string): number {
  const question = text.indexOf('?', Math.max(0, text.indexOf('@')));
  return question < 0 ? text.length : question;
}

function embeddedHeaders(text: string): (readonly [name: string, value: string])[] {
  if (text === '') return [];
  if (text.length > MAX_LENGTH) throw new SipParseError('the headers of a URI are too long', 414);
  const parts = text.split('&', MAX_HEADERS + 1);
  if (parts.length > MAX_HEADERS) throw new SipParseError(`a URI has more than ${MAX_HEADERS} headers`);
  return parts.map(part => {
    const equals = part.indexOf('=');
    const name = unescaped(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : unescaped(part.slice(equals + 1));
    if (!headerName(name)) throw new SipParseError('a header in a URI has no name');
    // "%0D%0A" would begin a header of its own in the request that is made of it.
    if (/[\r\n\0]/.test(value)) throw new SipParseError('a header in a URI holds a line break');
    return [name, value] as const;
  });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SipParseError('a "%" in a URI is not followed by the hexadecimal bytes of UTF-8');
  }
}
