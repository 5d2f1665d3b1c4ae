import { parseDigits } from '../message/chars.ts';
import type { Headers } from '../message/headers.ts';
import { parseParams } from '../message/params.ts';

/** RFC 4028 §5: no interval may be shorter than this. Seconds. */
export const LEAST_MIN_SE_S = 90;
/** As far as a timer of the platform reaches (2³¹ ms is 24.8 days), with room. */
const MOST_INTERVAL_S = 2_000_000;
/** Below this a 2xx asks for more than a refresh each few seconds, which no network is served by. */
const LEAST_INTERVAL_S = 10;

export interface SessionTimerSettings {
  /** What we ask for. RFC 4028 §4 recommends 1800. */
  readonly intervalS: number;
  /** The shortest that we take, at least 90. */
  readonly minS: number;
}

/** What both ends agreed on. */
export interface SessionTimerTerms {
  readonly intervalS: number;
  /** The shortest that anybody on the way takes, as far as we know. */
  readonly minS: number;
  readonly refresher: 'us' | 'them';
}

/** What the UAS says to a Session-Expires. */
export type SessionTimerAnswer =
  | { readonly kind: 'none' }
  /** 422 with these headers. */
  | { readonly kind: 'too-small'; readonly headers: readonly (readonly [name: string, value: string])[] }
  /** Into the 2xx. */
  | {
      readonly kind: 'agreed';
      readonly terms: SessionTimerTerms;
      readonly headers: readonly (readonly [name: string, value: string])[];
    };

/**
 * Into an INVITE or UPDATE of ours (§7.1, §7.4). The first INVITE leaves the refresher open; a refresh names it, so
 * that the parts stay as they were. `Supported: timer` stands in the request anyway.
 */
export function sessionTimerOffer(
  { intervalS, minS }: SessionTimerSettings,
  refresher?: 'us' | 'them',
): (readonly [name: string, value: string])[] {
  const role = refresher === undefined ? '' : `;refresher=${refresher === 'us' ? 'uac' : 'uas'}`;
  return [
    ['Session-Expires', `${intervalS}${role}`],
    ['Min-SE', String(minS)],
  ];
}

/** Null when there is none, or none that can be read: a call is not lost for it. */
export function readSessionExpires(headers: Headers): { intervalS: number; refresher: 'uac' | 'uas' | null } | null {
  const value = headers.get('Session-Expires');
  if (value === undefined) return null;
  const intervalS = deltaSeconds(value);
  if (intervalS === null) return null;
  const refresher = paramOf(value, 'refresher')?.toLowerCase();
  return {
    intervalS: Math.min(intervalS, MOST_INTERVAL_S),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : null,
  };
}

/** Seconds; null when there is none that can be read. */
export function readMinSe(headers: Headers): number | null {
  const value = headers.get('Min-SE');
  const seconds = value === undefined ? null : deltaSeconds(value);
  return seconds === null ? null : Math.min(seconds, MOST_INTERVAL_S);
}

/**
 * The UAC reads the 2xx (§7.2). Null: nobody wants a timer. A 2xx that names no refresher leaves the work to us, which
 * is the part that keeps the call.
 */
export function agreedSessionTimer(headers: Headers, minS: number = LEAST_MIN_SE_S): SessionTimerTerms | null {
  const expires = readSessionExpires(headers);
  if (!expires) return null;
  const refresher = expires.refresher === 'uas' ? 'them' : 'us';
  return { intervalS: Math.max(expires.intervalS, LEAST_INTERVAL_S), minS, refresher };
}

/** The UAC met 422 (§7.4): what to ask for next; null when that leads nowhere. */
export function afterTooSmall(asked: SessionTimerSettings, headers: Headers): SessionTimerSettings | null {
  const minS = readMinSe(headers);
  if (minS === null || (minS <= asked.minS && minS <= asked.intervalS)) return null;
  return { intervalS: Math.max(asked.intervalS, minS), minS: Math.max(asked.minS, minS) };
}

/**
 * The UAS answers (§9, table 2). `current` are the terms of a call that stands: a refresh that says less than it could
 * keeps them. Without a Session-Expires there is no timer, unless one runs already.
 */
export function answerSessionTimer(
  request: Headers,
  { minS }: Pick<SessionTimerSettings, 'minS'>,
  current: SessionTimerTerms | null = null,
): SessionTimerAnswer {
  const asked = readSessionExpires(request);
  const theyCan = request.getAll('Supported').some(tag => tag.toLowerCase() === 'timer');
  if (!asked && !current) return { kind: 'none' };
  // Whoever does not know the extension cannot act on 422: a proxy on the way asked in its place.
  if (asked && asked.intervalS < minS && theyCan) {
    return { kind: 'too-small', headers: [['Min-SE', String(minS)]] };
  }
  const leastS = Math.max(readMinSe(request) ?? 0, LEAST_MIN_SE_S);
  const intervalS = asked ? Math.max(asked.intervalS, LEAST_INTERVAL_S) : Math.max(current?.intervalS ?? 0, leastS);
  const refresher = theyCan ? refresherOf(asked?.refresher ?? null, current) : 'us';
  const headers: (readonly [string, string])[] = [
    ['Session-Expires', `${intervalS};refresher=${refresher === 'us' ? 'uas' : 'uac'}`],
  ];
  // §9: mandatory when the UAC is to refresh; it would otherwise not know that it has to.
  if (theyCan) headers.push(['Require', 'timer']);
  return { kind: 'agreed', terms: { intervalS, minS: Math.max(minS, leastS), refresher }, headers };
}

/** Where nobody says, we do it: then the call does not hang on whether the far end can. */
function refresherOf(asked: 'uac' | 'uas' | null, current: SessionTimerTerms | null): 'us' | 'them' {
  if (asked !== null) return asked === 'uac' ? 'them' : 'us';
  return current?.refresher ?? 'us';
}

function deltaSeconds(value: string): number | null {
  const semicolon = value.indexOf(';');
  const seconds = parseDigits((semicolon < 0 ? value : value.slice(0, semicolon)).trim());
  return Number.isNaN(seconds) ? null : seconds;
}

function paramOf(value: string, name: string): string | null {
  const semicolon = value.indexOf(';');
  if (semicolon < 0) return null;
  try {
    return parseParams(value, semicolon).get(name) ?? null;
  } catch {
    // The interval counts all the same.
    return null;
  }
}
