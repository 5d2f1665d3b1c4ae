import { isToken } from './chars.ts';

/** What is known of a header field by its name. */
export interface HeaderName {
  /** The spelling that is written. */
  readonly name: string;
  /** Lower case: what lookups compare. */
  readonly key: string;
  /** Whether several values may stand in one field, parted by commas (RFC 3261 §7.3.1: grammar `#` rules only). */
  readonly list: boolean;
}

/** Canonical name, then the compact form where one is registered. */
const SINGLE = [
  'Authorization',
  'Authentication-Info',
  'Call-ID i',
  'Content-Disposition',
  'Content-Length l',
  'Content-Type c',
  'CSeq',
  'Date',
  'Event o',
  'Expires',
  'From f',
  'Identity y',
  'Info-Package',
  'Max-Forwards',
  'MIME-Version',
  'Min-Expires',
  'Min-SE',
  'Organization',
  'Priority',
  'Proxy-Authenticate',
  'Proxy-Authentication-Info',
  'Proxy-Authorization',
  'RAck',
  'Refer-To r',
  'Referred-By b',
  'Replaces',
  'Reply-To',
  'Retry-After',
  'RSeq',
  'Server',
  'Session-Expires x',
  'SIP-ETag',
  'SIP-If-Match',
  'Subject s',
  'Subscription-State',
  'Timestamp',
  'To t',
  'User-Agent',
  'WWW-Authenticate',
];

const LISTS = [
  'Accept',
  'Accept-Contact a',
  'Accept-Encoding',
  'Accept-Language',
  'Alert-Info',
  'Allow',
  'Allow-Events u',
  'Call-Info',
  'Contact m',
  'Content-Encoding e',
  'Content-Language',
  'Diversion',
  'Error-Info',
  'History-Info',
  'In-Reply-To',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Path',
  'Proxy-Require',
  'Reason',
  'Record-Route',
  'Recv-Info',
  'Reject-Contact j',
  'Request-Disposition d',
  'Require',
  'Route',
  'Service-Route',
  'Supported k',
  'Unsupported',
  'Via v',
  'Warning',
];

/** By every usual spelling, so that most lookups neither fold case nor allocate. */
const BY_SPELLING = new Map<string, HeaderName>();

function register(line: string, list: boolean): void {
  const [name = '', compact] = line.split(' ');
  const known: HeaderName = { name, key: name.toLowerCase(), list };
  for (const spelling of [name, known.key, name.toUpperCase()]) BY_SPELLING.set(spelling, known);
  if (compact) for (const spelling of [compact, compact.toUpperCase()]) BY_SPELLING.set(spelling, known);
}
for (const line of SINGLE) register(line, false);
for (const line of LISTS) register(line, true);

/** Null when the text is no header name (RFC 3261 §25.1 `token`). Names that are not known keep their spelling. */
export function headerName(text: string): HeaderName | null {
  const known = BY_SPELLING.get(text);
  if (known) return known;
  if (!isToken(text)) return null;
  const key = text.toLowerCase();
  return BY_SPELLING.get(key) ?? { name: text, key, list: false };
}
