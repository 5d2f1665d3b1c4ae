import { isCrosspointError } from '../../base/errors.ts';
import { isToken } from '../message/chars.ts';
import type { Headers } from '../message/headers.ts';
import { type Params, parseParams, quote } from '../message/params.ts';
import { causeName, statusOfCause } from './q850.ts';
import { returnCode } from './return-codes.ts';

/** One value of a Reason header (RFC 3326). */
export interface Reason {
  /** "SIP", "Q.850", or another one, as it was written. */
  readonly protocol: string;
  readonly cause: number | null;
  readonly text: string | null;
}

const MAX_REASONS = 8;
const MAX_TEXT = 128;

/** Every reason that a message gives, in order; those that cannot be read are left out. */
export function readReasons(headers: Headers): readonly Reason[] {
  return headers
    .getAll('Reason')
    .slice(0, MAX_REASONS)
    .flatMap(value => readReason(value) ?? []);
}

function readReason(value: string): Reason | null {
  const semicolon = value.indexOf(';');
  const protocol = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const params = semicolon < 0 ? new Map<string, string>() : paramsOf(value, semicolon);
  if (!isToken(protocol) || params === null) return null;
  const cause = params.get('cause') ?? '';
  const text = params.get('text') ?? null;
  return {
    protocol: protocol.toUpperCase() === 'SIP' ? 'SIP' : protocol.toUpperCase() === 'Q.850' ? 'Q.850' : protocol,
    cause: /^[0-9]{1,3}$/.test(cause) ? Number(cause) : null,
    text: text === null ? null : plain(text),
  };
}

function paramsOf(value: string, start: number): Params | null {
  try {
    return parseParams(value, start);
  } catch (error) {
    if (isCrosspointError(error)) return null;
    throw error;
  }
}

/** `Q.850;cause=16;text="Normal call clearing"` */
export function formatReason({ protocol, cause, text }: Reason): string {
  const said = text === null ? '' : `;text=${quote(plain(text))}`;
  return `${protocol}${cause === null ? '' : `;cause=${cause}`}${said}`;
}

/** The value for a call that ends by a SIP status: both languages, for those who read only one. */
export function reasonOfStatus(status: number, text: string = returnCode(status).phrase): string {
  const { q850 } = returnCode(status);
  const sip = formatReason({ protocol: 'SIP', cause: status, text });
  return q850 === null ? sip : `${sip}, ${reasonOfCause(q850)}`;
}

/** The value for a Q.850 cause. */
export function reasonOfCause(cause: number, text: string = causeName(cause)): string {
  return formatReason({ protocol: 'Q.850', cause, text });
}

/**
 * The SIP status that the reasons of a BYE or CANCEL come to; null when they say nothing of a failure. What a peer
 * says in SIP goes before Q.850, which it has often made up.
 */
export function statusOfReasons(reasons: readonly Reason[]): number | null {
  const sip = reasons.find(({ protocol, cause }) => protocol === 'SIP' && cause !== null && cause < 700)?.cause;
  // 200: the call was answered elsewhere (RFC 3326 §2).
  if (sip !== undefined && sip !== null) return sip < 300 ? null : sip;
  const q850 = reasons.find(({ protocol, cause }) => protocol === 'Q.850' && cause !== null && cause <= 127);
  return q850 === undefined || q850.cause === null ? null : statusOfCause(q850.cause);
}

/** Whatever is said, it must be one line. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, MAX_TEXT);
}
