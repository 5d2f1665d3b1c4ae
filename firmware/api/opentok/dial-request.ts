import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { DialRequest } from '../../calls/dial-request.ts';
import type { Participant } from '../../sessions/token.ts';
import { hasControls, isToken } from '../../sip/message/chars.ts';
import { parseHostPort } from '../../sip/message/host-port.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { DialBody } from './schemas.ts';

type SipOptions = Static<typeof DialBody>['sip'];

const TRANSPORTS: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls']);
const MAX_HEADERS = 32;
const MAX_HEADER_BYTES = 4096;

/**
 * What the calls are asked for, once everything in it has been checked (CONTRACT §1.4).
 *
 * @param participant what the token says: its connection_data, and a role that may only listen
 * @throws CrosspointError http.bad-request; http.not-implemented for what this version cannot do, since a call that
 *   lacks what was asked for must not look like one that has it
 */
export function dialRequestOf(sip: SipOptions, { data, role, layoutClasses }: Participant): DialRequest {
  refuseUnimplemented(sip);
  return {
    uri: checkedUri(sip.uri),
    from: checkedFrom(sip.from ?? ''),
    headers: checkedHeaders(sip.headers ?? {}),
    auth: sip.auth ? checkedAuth(sip.auth) : undefined,
    secure: sip.secure ?? false,
    connectionData: data,
    publishes: role !== 'subscriber',
    observeForceMute: sip.observeForceMute ?? false,
    ...(sip.streams && { streams: sip.streams }),
    ...(layoutClasses && { layoutClasses }),
  };
}

function refuseUnimplemented({ video }: SipOptions): void {
  if (video) throw new CrosspointError('http.not-implemented', 'video: video on SIP calls is not available yet');
}

/** `sip:` or `sips:user@host[:port][;transport=udp|tcp|tls]`; old documentation leaves the scheme out. */
function checkedUri(text: string): string {
  const uri = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^:]*@/.test(text) ? text : `sip:${text}`;
  const { scheme, user, host, params, headers } = parsed(() => parseUri(uri), 'sip.uri');
  const transport = params.get('transport')?.toLowerCase() ?? 'udp';
  if (scheme === 'tel' || user === null || host === '') throw bad('sip.uri must be sip:user@host');
  if (!TRANSPORTS.has(transport)) throw bad('sip.uri has a transport that is none of udp, tcp and tls');
  if (scheme === 'sips' && transport === 'udp' && params.has('transport'))
    throw bad('sip.uri is sips:, which goes over TLS, and names the transport udp');
  if (headers !== null) throw bad('sip.uri must not carry headers; use sip.headers');
  return uri;
}

/** `user@host`, or only a user. What is shown of it is decided with the call. */
function checkedFrom(text: string): string | undefined {
  if (text === '') return undefined;
  if (hasControls(text)) throw bad('sip.from contains control characters');
  const at = text.lastIndexOf('@');
  if (at >= 0) parsed(() => parseHostPort(text.slice(at + 1)), 'sip.from');
  return text;
}

function checkedHeaders(headers: Readonly<Record<string, string>>): DialRequest['headers'] {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) throw bad(`sip.headers has more than ${MAX_HEADERS} headers`);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > MAX_HEADER_BYTES) throw bad(`sip.headers is larger than ${MAX_HEADER_BYTES} bytes`);
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase();
    if (!isToken(name) || !key.startsWith('x-')) throw bad('sip.headers: every name must start with X-');
    if (key.startsWith('x-opentok-'))
      throw bad('sip.headers: names that start with X-OpenTok- are kept for the gateway');
    if (seen.has(key)) throw bad(`sip.headers: ${name} stands twice`);
    if (hasControls(value)) throw bad(`sip.headers: the value of ${name} contains control characters`);
    seen.add(key);
  }
  return entries;
}

function checkedAuth({ username, password }: NonNullable<SipOptions['auth']>): DialRequest['auth'] {
  if (hasControls(username) || hasControls(password)) throw bad('sip.auth contains control characters');
  return { username, password };
}

function parsed<T>(parse: () => T, what: string): T {
  try {
    return parse();
  } catch (error) {
    throw bad(`${what} is not valid: ${(error as Error).message}`);
  }
}

function bad(message: string): CrosspointError {
  return new CrosspointError('http.bad-request', message);
}
