import { SipParseError } from './errors.ts';
import { formatHostPort, parseHostPort } from './host-port.ts';
import { formatParams, type Params, parseParams } from './params.ts';

/** One hop (RFC 3261 §20.42). `branch`, `received`, `rport` and the like are in `params`. */
export interface Via {
  /** Upper case: "UDP". */
  transport: string;
  /** Of the sent-by; lower case, an IPv6 address without brackets. */
  host: string;
  port: number | null;
  params: Params;
}

/** Branches of RFC 3261 begin with it (§8.1.1.7); such a branch alone names the transaction. */
export const MAGIC_COOKIE = 'z9hG4bK';

/** "SIP / 2.0 / UDP": blanks may surround the slashes (RFC 4475 §3.1.1.1). */
const SENT = /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([\w\-.!%*+`'~]+)[ \t]+(\S.*)$/i;

/**
 * Reads one Via element: `headers.get('Via')` gives the topmost.
 * @throws SipParseError
 */
export function parseVia(value: string): Via {
  const semicolon = value.indexOf(';');
  const sent = SENT.exec(semicolon < 0 ? value : value.slice(0, semicolon));
  if (!sent) throw new SipParseError('a Via does not read "SIP/2.0/TRANSPORT host"');
  const [, transport = '', sentBy = ''] = sent;
  const { host, port } = parseHostPort(sentBy.trim());
  const params: Params = semicolon < 0 ? new Map() : parseParams(value, semicolon);
  return { transport: transport.toUpperCase(), host, port, params };
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}
