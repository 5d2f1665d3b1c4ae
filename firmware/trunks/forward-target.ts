import { CrosspointError, isCrosspointError } from '../base/errors.ts';
import { editDistance } from '../config/nearest.ts';
import { formatUri, parseUri, type SipUri } from '../sip/message/uri.ts';
import type { TransportName } from '../sip/transport/hop.ts';

export type MediaSecurity = 'rtp' | 'srtp' | 'prefer-srtp' | 'dtls-srtp';

/** One entry of a trunk's targets or of a forward list. */
export type ForwardTarget =
  | {
      readonly kind: 'uri';
      /** Without our own parameters; `transport` stays, it is the peer's too. */
      readonly uri: SipUri;
      /** The same as text. */
      readonly requestUri: string;
      /** Null when it is for DNS to say (RFC 3263 §4.1). */
      readonly transport: TransportName | null;
      /** To the first response above 100, milliseconds. */
      readonly timeoutMs: number;
      /** Null: as the trunk has it. */
      readonly media: MediaSecurity | null;
    }
  /** Wherever the peer registered from. */
  | { readonly kind: 'registered'; readonly timeoutMs: number; readonly media: MediaSecurity | null }
  | {
      readonly kind: 'trunk';
      readonly trunk: string;
      /** Called there; null: the number that was called here. */
      readonly number: string | null;
      /** Null: that of each target of the trunk. */
      readonly timeoutMs: number | null;
      readonly media: MediaSecurity | null;
    };

export const DEFAULT_TIMEOUT_MS = 5000;
const MIN_TIMEOUT_MS = 2000;
const MAX_TIMEOUT_MS = 20_000;

/** Ours and other platforms' (CONTRACT §4.2): no peer has to see them. */
const STRIPPED = ['timeout', 'media', 'secure', 'region', 'edge'];
const OURS = ['timeout', 'media', 'secure', 'transport'];
const MEDIA: readonly string[] = ['rtp', 'srtp', 'prefer-srtp', 'dtls-srtp'] satisfies MediaSecurity[];
const TRANSPORTS: readonly string[] = ['udp', 'tcp', 'tls'] satisfies TransportName[];
const TRUNK = /^trunk:([a-z0-9][a-z0-9-]{0,31})(?:\/([0-9A-Za-z+*#_.-]{1,64}))?$/;

type Params = ReadonlyMap<string, string | null>;

/**
 * Reads `sip:user@host;timeout=5000;transport=tls;media=srtp`, `registered` or `trunk:name[/number]`; the latter two
 * may have `;timeout=` and `;media=`. `secure=true` means TLS and SRTP.
 *
 * @throws CrosspointError config.bad-target
 */
export function parseForwardTarget(text: string): ForwardTarget {
  const [head = '', ...rest] = text.split(';');
  if (head === 'registered') {
    const { timeoutMs, media } = alone(rest);
    return { kind: 'registered', timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS, media };
  }
  if (head.startsWith('trunk:')) return trunkTarget(head, rest);
  return uriTarget(text);
}

function trunkTarget(head: string, params: readonly string[]): ForwardTarget {
  const [, trunk, number = null] = TRUNK.exec(head) ?? [];
  if (trunk === undefined) throw bad('expected trunk:name or trunk:name/number');
  return { kind: 'trunk', trunk, number, ...alone(params) };
}

/** The parameters of a target that is no URI. */
function alone(parts: readonly string[]): { timeoutMs: number | null; media: MediaSecurity | null } {
  const params = new Map<string, string | null>();
  for (const part of parts) {
    const [name = '', value = null] = part.split('=', 2);
    if (params.has(name)) throw bad(`;${name.slice(0, 32)} stands twice`);
    if (name !== 'timeout' && name !== 'media') throw bad(`only ;timeout= and ;media= can follow here`);
    params.set(name, value);
  }
  return { timeoutMs: timeoutOf(params), media: mediaOf(params) };
}

function uriTarget(text: string): ForwardTarget {
  const uri = readUri(text);
  if (uri.scheme === 'tel') throw bad('a tel: number says no peer; write trunk:name/number');
  if (uri.password !== null) throw bad('no password belongs in a target; write it under auth');
  if (uri.headers !== null) throw bad('headers ("?…") are not supported in a target');
  refuseMisspelt(uri.params);
  const secure = isSecure(uri.params);
  const transport = transportOf(uri, secure);
  const media = mediaOf(uri.params) ?? (secure ? 'srtp' : null);
  if (secure && media !== 'srtp' && media !== 'dtls-srtp')
    throw bad(`secure=true and media=${media} contradict each other`);

  const params = new Map(uri.params);
  for (const name of STRIPPED) params.delete(name);
  if (secure && uri.scheme === 'sip') params.set('transport', 'tls');
  const stripped = { ...uri, params };
  const timeoutMs = timeoutOf(uri.params) ?? DEFAULT_TIMEOUT_MS;
  return { kind: 'uri', uri: stripped, requestUri: formatUri(stripped), transport, timeoutMs, media };
}

function readUri(text: string): SipUri {
  if (!/^(sips?|tel):/i.test(text)) throw bad('a target starts with sip:, sips: or trunk:, or is "registered"');
  try {
    return parseUri(text);
  } catch (error) {
    if (isCrosspointError(error)) throw bad(error.message);
    throw error;
  }
}

/** A misspelt parameter would go to the peer and do nothing here. */
function refuseMisspelt(params: Params): void {
  for (const name of params.keys()) {
    const meant = OURS.find(
      ours => name !== ours && editDistance(name.slice(0, 32), ours) <= (ours.length > 6 ? 2 : 1),
    );
    if (meant !== undefined) throw bad(`unknown parameter ;${name.slice(0, 32)}; did you mean ;${meant}?`);
  }
}

function isSecure(params: Params): boolean {
  const value = params.get('secure');
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw bad('secure= must be true or false');
}

function transportOf(uri: SipUri, secure: boolean): TransportName | null {
  const named = uri.params.get('transport')?.toLowerCase();
  if (uri.params.has('transport') && !TRANSPORTS.includes(named ?? '')) throw bad('transport= must be udp, tcp or tls');
  if (uri.scheme === 'sips' || secure) {
    // RFC 3261 §26.2.2: sips over TCP is TLS over TCP.
    if (named === 'udp' || (secure && named === 'tcp'))
      throw bad(`${secure ? 'secure=true' : 'sips:'} and transport=${named} contradict each other`);
    return 'tls';
  }
  return (named as TransportName | undefined) ?? null;
}

function timeoutOf(params: Params): number | null {
  const text = params.get('timeout');
  if (text === undefined) return null;
  const timeoutMs = text !== null && /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (timeoutMs >= MIN_TIMEOUT_MS && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw bad(`timeout= must be ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS} milliseconds`);
}

function mediaOf(params: Params): MediaSecurity | null {
  const value = params.get('media');
  if (value === undefined) return null;
  if (value !== null && MEDIA.includes(value)) return value as MediaSecurity;
  throw bad(`media= must be ${MEDIA.join(', ')}`);
}

function bad(message: string): CrosspointError {
  return new CrosspointError('config.bad-target', message);
}
