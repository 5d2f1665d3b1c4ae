import { CrosspointError } from '../../base/errors.ts';
import { hasControls, isToken } from '../../sip/message/chars.ts';
import { SipParseError } from '../../sip/message/errors.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';

export interface SipAddress {
  /** Without headers and without what is the vendor's own. */
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** TLS and SRTP. */
  readonly secure: boolean;
  /** Names of headers that are not sent (warning 32113). */
  readonly dropped: readonly string[];
}

const MAX_ADDRESS = 255;
const MAX_HEADERS = 1024;
const PASSED = /^(x-.+|user-to-user|remote-party-id|p-preferred-identity|p-called-party-id)$/i;
const VENDORS_OWN = ['region', 'edge', 'secure'];

/**
 * Reads `sip:user@host;params?X-Name=value&…` (CONTRACT §4.2).
 * @throws CrosspointError call.bad-uri; script.bad-header, with the vendor's code in front: 21227 too long, 21228 the name,
 *   21229 the value
 */
export function sipAddress(text: string): SipAddress {
  const at = text.indexOf('?');
  const address = at < 0 ? text : text.slice(0, at);
  const query = at < 0 ? '' : text.slice(at + 1);
  if (address.length >= MAX_ADDRESS)
    throw new CrosspointError('call.bad-uri', `The SIP address must be shorter than ${MAX_ADDRESS} characters`);
  if (query.length >= MAX_HEADERS) throw badHeader(21227, `SIP headers must be shorter than ${MAX_HEADERS} characters`);
  const uri = read(address);
  const isSecure = uri.scheme === 'sips' || uri.params.get('secure')?.toLowerCase() === 'true';
  const params = new Map([...uri.params].filter(([name]) => !VENDORS_OWN.includes(name.toLowerCase())));
  if (isSecure && !params.has('transport')) params.set('transport', 'tls');
  const all = headersIn(query);
  const sent = all.filter(([name]) => PASSED.test(name) && !/^x-twilio-/i.test(name));
  return {
    uri: formatUri({ ...uri, params, headers: null }),
    headers: sent,
    secure: isSecure,
    dropped: all.filter(header => !sent.includes(header)).map(([name]) => name),
  };
}

function read(address: string) {
  try {
    const uri = parseUri(/^sips?:/i.test(address) ? address : `sip:${address}`);
    if (uri.host !== '') return uri;
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
  }
  throw new CrosspointError('call.bad-uri', 'To must be sip:user@host');
}

/** Between headers stands "&", or an escaped one before a name. */
function headersIn(query: string): [name: string, value: string][] {
  if (query === '') return [];
  return query.split(/&|%26(?=[!*+.'`~\w-]+=)/i).map(part => {
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = decoded(equals < 0 ? '' : part.slice(equals + 1));
    if (name === null || !isToken(name)) throw badHeader(21228, 'A SIP header has a name that is none');
    if (value === null || hasControls(value))
      throw badHeader(21229, `The SIP header ${name.slice(0, 40)} has a value that cannot be sent`);
    return [name, value];
  });
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** What is wrong with a header of an address, by the vendor's code. */
export class BadHeader extends CrosspointError {
  readonly vendorCode: number;

  constructor(vendorCode: number, message: string) {
    super('script.bad-header', message);
    this.vendorCode = vendorCode;
  }
}

function badHeader(code: number, message: string): BadHeader {
  return new BadHeader(code, message);
}
