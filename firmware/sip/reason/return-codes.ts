import { phraseOf } from '../message/status-phrases.ts';
import { causeOfStatus } from './q850.ts';

/** Everything that we say of a response to an INVITE, in one place. */
export interface ReturnCode {
  readonly status: number;
  readonly phrase: string;
  /** Of the monitoring API: the status as text. */
  readonly code: string;
  /** Of the monitoring API. */
  readonly message: string;
  /** Whether the same call can succeed later without being changed. */
  readonly retriable: boolean;
  /** Who ended the call: the one who called, the one who was called, or something between them. Null: it goes on. */
  readonly endedBy: 'caller' | 'callee' | 'network' | null;
  /** Null of responses that end nothing. */
  readonly q850: number | null;
  /** Whether this number is in the trunk seed or the registry, or only stands for its class. */
  readonly known: boolean;
}

/** The whole table of the trunk document, and what the registry of IANA had beside it. */
const PROGRESS = [100, 180, 181, 182, 183, 199, 200, 202, 204];
const REDIRECTS = [300, 301, 302, 305, 380];

/** The called person's doing: busy, absent, unwilling, or a phone that cannot. */
const BY_CALLEE = [480, 486, 488, 600, 603, 606, 607];
const BY_NETWORK = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 420, 421, 422, 423, 424,
  425, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 481, 482, 483, 484, 485, 489, 491, 493, 494, 500, 501,
  502, 503, 504, 505, 513, 555, 580, 604, 608,
];
const BY_CALLER = [487];

/**
 * What passes by itself: nobody there or busy now, a server that is overloaded or did not get its own answer in time,
 * requests that crossed. RFC 3261 §21 says so of each.
 */
const RETRIABLE = new Set([408, 430, 480, 486, 491, 500, 502, 503, 504, 600]);

const TABLE: ReadonlyMap<number, ReturnCode> = new Map(
  [
    ...PROGRESS.map(status => entry(status, null)),
    // The call ends here only when nobody follows it.
    ...REDIRECTS.map(status => entry(status, 'network')),
    ...BY_CALLEE.map(status => entry(status, 'callee')),
    ...BY_NETWORK.map(status => entry(status, 'network')),
    ...BY_CALLER.map(status => entry(status, 'caller')),
  ].map(each => [each.status, each]),
);

/** What a status means; one that nobody registered means what x00 of its class does (RFC 3261 §8.1.3.2). */
export function returnCode(status: number): ReturnCode {
  const known = TABLE.get(status);
  if (known) return known;
  const general = TABLE.get(Math.floor(status / 100) * 100);
  const phrase = phraseOf(status);
  return {
    status,
    phrase,
    code: String(status),
    message: phrase,
    retriable: general?.retriable ?? false,
    endedBy: general ? general.endedBy : null,
    q850: general?.q850 ?? null,
    known: false,
  };
}

function entry(status: number, endedBy: ReturnCode['endedBy']): ReturnCode {
  const phrase = phraseOf(status);
  return {
    status,
    phrase,
    code: String(status),
    message: phrase,
    retriable: RETRIABLE.has(status),
    endedBy,
    q850: endedBy === null ? null : causeOfStatus(status),
    known: true,
  };
}
