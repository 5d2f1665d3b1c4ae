import { isCrosspointError } from '../base/errors.ts';
import type { CallProblem, CallTry, FarEndSaid } from '../records/call-record.ts';
import { NoCommonCodec } from '../sdp/common-codecs.ts';
import type { PressedDigit } from './events.ts';
import { withoutPassword } from './without-password.ts';

/** A bridge may try many targets; what comes after these is more of the same. */
const MAX_TRIES = 16;
const MAX_CALL_IDS = 16;
const MAX_TEXT = 300;
/** The oldest are forgotten first. */
const MAX_DIGITS = 100;

/** What is noted of a call on its way, for its record and its verdict; bounded, and without secrets. */
export class CallNotes {
  readonly trunks: { in: string | null; out: string | null };
  readonly sipCallIds: string[] = [];
  readonly tries: CallTry[] = [];
  readonly lastDigits: PressedDigit[] = [];
  /** Of an incoming call: where we asked for its ACK. */
  readonly contact: string | null;
  /** Whether that ACK has come; null of a call out. */
  acknowledged: boolean | null;
  provisionalAt: number | null = null;
  /** Keys that were pressed. */
  digits = 0;
  #target: string | null = null;
  #problem: CallProblem | null = null;
  #said: FarEndSaid | null = null;

  constructor({ trunk = null, contact = null }: { readonly trunk?: string | null; readonly contact?: string | null }) {
    this.trunks = { in: trunk, out: null };
    this.contact = contact;
    this.acknowledged = contact === null ? null : false;
  }

  get target(): string | null {
    return this.#target;
  }

  get problem(): CallProblem | null {
    return this.#problem;
  }

  get said(): FarEndSaid | null {
    return this.#said;
  }

  pressed(digit: PressedDigit): void {
    this.digits += 1;
    this.lastDigits.push(digit);
    if (this.lastDigits.length > MAX_DIGITS) this.lastDigits.shift();
  }

  /** It goes to that address now, over that trunk. */
  aimAt(target: string, trunk: string | null): void {
    this.#target = shown(target);
    this.trunks.out = trunk;
  }

  speaksIn(sipCallId: string): void {
    if (this.sipCallIds.length < MAX_CALL_IDS && !this.sipCallIds.includes(sipCallId))
      this.sipCallIds.push(sipCallId.slice(0, MAX_TEXT));
  }

  /** The last one says where the call is, or has got to. */
  tried(tries: readonly CallTry[], said: FarEndSaid | null = null): void {
    for (const { target, hop, detail, ...rest } of tries) {
      this.#target = hop ?? shown(target);
      if (this.tries.length < MAX_TRIES)
        this.tries.push({ ...rest, target: shown(target), hop, detail: detail.slice(0, MAX_TEXT) });
    }
    this.#said = said;
  }

  /** Why it cannot be taken, or cannot go on; the first one counts: what follows, follows from it. */
  cannotGoOn(error: unknown): void {
    this.blockedBy(problemOf(error));
  }

  blockedBy(problem: CallProblem | null): void {
    this.#problem ??= problem;
  }
}

function shown(uri: string): string {
  return withoutPassword(uri).slice(0, MAX_TEXT);
}

/** @returns null for what is no failure that we know */
export function problemOf(error: unknown): CallProblem | null {
  if (!isCrosspointError(error)) return null;
  const lists = error instanceof NoCommonCodec ? { ours: [...error.ours], theirs: [...error.theirs] } : NO_LISTS;
  return { code: error.code, message: error.message.slice(0, MAX_TEXT), ...lists };
}

const NO_LISTS = { ours: null, theirs: null };
