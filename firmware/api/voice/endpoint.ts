import type { ConnectTarget } from '../../scripts/action.ts';
import { hasControls, isToken } from '../../sip/message/chars.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';
import { withoutPlus } from '../../trunks/own-numbers/msisdn.ts';

/** Whom a call goes to, as both the NCCO action `connect` and the REST API name them. */
export interface Endpoint extends Pick<ConnectTarget, 'to' | 'headers' | 'secure' | 'sendDigits'> {
  /** As it is written in answers and webhooks: a number without "+", or the SIP URI. */
  readonly shown: string;
}

/** What is wrong with an endpoint: at a key of it, or at itself. */
export class EndpointError extends Error {
  readonly key: string | null;
  readonly kind: 'bad' | 'not-supported';

  constructor(kind: EndpointError['kind'], key: string | null, message: string) {
    super(message);
    this.key = key;
    this.kind = kind;
  }
}

const MAX_HEADERS = 32;
const MAX_HEADER_BYTES = 4096;
const DIGITS = /^[0-9A-D*#p]{1,64}$/;

const UNSUPPORTED: ReadonlySet<string> = new Set(['app', 'websocket', 'vbc', 'conversation']);

/**
 * CONTRACT §3.1, §3.4: `{type: "phone", number, dtmfAnswer?}` or `{type: "sip", uri, headers?, standardHeaders?}`; both
 * spellings of keys of two words, since the REST API and the NCCO differ.
 * @throws EndpointError
 */
export function endpointOf(endpoint: Readonly<Record<string, unknown>>): Endpoint {
  const { type } = endpoint;
  if (type === 'phone') return phone(endpoint);
  if (type === 'sip') return sip(endpoint);
  if (typeof type === 'string' && UNSUPPORTED.has(type))
    throw new EndpointError('not-supported', 'type', `Endpoints of type ${type} are not supported: phone and sip are`);
  throw new EndpointError('bad', 'type', 'The type of an endpoint must be "phone" or "sip"');
}

function phone(endpoint: Readonly<Record<string, unknown>>): Endpoint {
  const { number } = endpoint;
  const digits = endpoint.dtmfAnswer ?? endpoint.dtmf_answer ?? null;
  if (typeof number !== 'string' || !/^\+?[0-9]{2,15}$/.test(number))
    throw new EndpointError('bad', 'number', 'number must be a telephone number such as "442071234567"');
  if (digits !== null && (typeof digits !== 'string' || !DIGITS.test(digits)))
    throw new EndpointError('bad', 'dtmfAnswer', 'dtmfAnswer must be 1 to 64 of 0-9 A-D * # p');
  const plain = withoutPlus(number);
  return { to: { kind: 'number', number: plain }, headers: [], secure: false, sendDigits: digits, shown: plain };
}

function sip(endpoint: Readonly<Record<string, unknown>>): Endpoint {
  const { uri } = endpoint;
  if (typeof uri !== 'string') throw new EndpointError('bad', 'uri', 'uri must be a SIP URI such as "sip:user@host"');
  const parsed = sipUri(uri);
  // CONTRACT §3.1: ;media=srtp asks for secured media, and is no parameter of SIP.
  const secure = parsed.params.get('media')?.toLowerCase() === 'srtp';
  parsed.params.delete('media');
  const headers = [
    ...headersOf(endpoint.headers, 'headers').map(([name, value]) => [`X-${name}`, value] as const),
    ...standardHeaders(endpoint.standardHeaders ?? endpoint.standard_headers),
  ];
  return { to: { kind: 'sip', uri: formatUri(parsed) }, headers, secure, sendDigits: null, shown: uri };
}

function sipUri(text: string) {
  try {
    const uri = parseUri(text);
    if (uri.scheme !== 'tel' && uri.headers === null) return uri;
  } catch {
    // Said below.
  }
  throw new EndpointError('bad', 'uri', 'uri must be a SIP URI such as "sip:user@host", without headers');
}

function headersOf(given: unknown, key: string): readonly (readonly [name: string, value: string])[] {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object' || Array.isArray(given))
    throw new EndpointError('bad', key, `${key} must be an object`);
  const entries = Object.entries(given).map(([name, value]) => [name, String(value)] as const);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (entries.length > MAX_HEADERS || bytes > MAX_HEADER_BYTES)
    throw new EndpointError('bad', key, `${key} must be at most ${MAX_HEADERS} headers of ${MAX_HEADER_BYTES} bytes`);
  for (const [name, value] of entries) {
    if (!isToken(name)) throw new EndpointError('bad', key, `${key}: a name is no name of a header`);
    if (hasControls(value)) throw new EndpointError('bad', key, `${key}: a value holds control characters`);
  }
  return entries;
}

/** The only one that the vendor has; the SDK sends it without a value, too. */
function standardHeaders(given: unknown): readonly (readonly [name: string, value: string])[] {
  const named = headersOf(given, 'standardHeaders').filter(([, value]) => value !== 'undefined' && value !== 'null');
  return named.map(([name, value]) => {
    if (!/^(user-to-user|userToUser)$/i.test(name))
      throw new EndpointError('bad', 'standardHeaders', 'standardHeaders may hold User-to-User alone');
    return ['User-to-User', value] as const;
  });
}
