import { SipParseError } from '../message/errors.ts';
import { formatParams, type Params, parseParams } from '../message/params.ts';

/**
 * RFC 3891 §6.1: the dialog whose place a new call takes, as the receiver of the Replaces sees it: `toTag` is its own
 * tag, `fromTag` that of the far end. "0" stands for a missing tag (RFC 2543).
 */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while that dialog is early. */
  readonly earlyOnly: boolean;
}

/** RFC 3261 §25.1 callid: what `word` allows, and "@". */
const CALL_ID = /^[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}@]+$/;
const MAX_LENGTH = 1_024;

/**
 * Reads the value of a Replaces header.
 * @throws SipParseError unless there are a Call-ID and exactly one tag of each kind
 */
export function parseReplaces(value: string): Replaces {
  if (value.length > MAX_LENGTH) throw new SipParseError('a Replaces is too long');
  const semicolon = value.indexOf(';');
  const callId = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  if (!CALL_ID.test(callId)) throw new SipParseError('a Replaces begins with a Call-ID');
  const text = semicolon < 0 ? '' : value.slice(semicolon);
  const params = parseParams(text, 0);
  const toTag = theOne('to-tag', params, text);
  const fromTag = theOne('from-tag', params, text);
  return { callId, toTag, fromTag, earlyOnly: params.has('early-only') };
}

function theOne(name: 'to-tag' | 'from-tag', params: Params, text: string): string {
  const tag = params.get(name);
  const times = text.match(name === 'to-tag' ? /;\s*to-tag\s*=/gi : /;\s*from-tag\s*=/gi)?.length ?? 0;
  if (!tag || times !== 1) throw new SipParseError(`a Replaces needs exactly one ${name}`);
  return tag;
}

export function formatReplaces({ callId, toTag, fromTag, earlyOnly }: Replaces): string {
  const params: Params = new Map([
    ['to-tag', toTag],
    ['from-tag', fromTag],
  ]);
  if (earlyOnly) params.set('early-only', null);
  return `${callId}${formatParams(params)}`;
}
