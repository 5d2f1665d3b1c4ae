/** A digit that a phone or carrier sent in an INFO request. */
export interface InfoDigit {
  readonly digit: string;
  readonly durationMs: number;
}

const DEFAULT_MS = 100;
const MIN_MS = 40;
const MAX_MS = 5_000;
const MAX_BODY = 256;

/**
 * Reads `application/dtmf-relay` ("Signal=5", "Duration=160", in lines) and `application/dtmf` (the digit alone, or the
 * former's form), as Cisco's and everybody's phones write them; no RFC defines either. Event numbers 10 and 11 stand for
 * * and #, 12–15 for A–D (RFC 4733 §3.2).
 *
 * @param contentType of the request, parameters and all
 * @returns null for another type; 'malformed' for one of these that tells no digit
 */
export function infoDigit(contentType: string, body: Buffer): InfoDigit | 'malformed' | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/dtmf-relay' && type !== 'application/dtmf') return null;
  if (body.length > MAX_BODY) return 'malformed';
  const text = body.toString('latin1');
  const signal = /^[ \t]*signal[ \t]*=[ \t]*([^\s]{1,2})[ \t]*$/im.exec(text)?.[1] ?? bareDigit(type, text);
  const digit = signal === undefined ? undefined : digitOf(signal);
  if (digit === undefined) return 'malformed';
  const durationMs = Number(/^[ \t]*duration[ \t]*=[ \t]*(\d{1,6})[ \t]*$/im.exec(text)?.[1] ?? DEFAULT_MS);
  return { digit, durationMs: Math.min(Math.max(durationMs, MIN_MS), MAX_MS) };
}

/** Body of an INFO that sends a digit. */
export function infoBody(digit: string, durationMs: number): Buffer {
  return Buffer.from(`Signal=${digit}\r\nDuration=${Math.round(durationMs)}\r\n`);
}

export const INFO_DIGIT_TYPE = 'application/dtmf-relay';

function bareDigit(type: string, text: string): string | undefined {
  return type === 'application/dtmf' ? text.trim() : undefined;
}

const BY_EVENT = new Map([
  ['10', '*'],
  ['11', '#'],
  ['12', 'A'],
  ['13', 'B'],
  ['14', 'C'],
  ['15', 'D'],
]);

function digitOf(signal: string): string | undefined {
  const digit = BY_EVENT.get(signal) ?? signal.toUpperCase();
  return /^[0-9A-D*#]$/.test(digit) ? digit : undefined;
}
