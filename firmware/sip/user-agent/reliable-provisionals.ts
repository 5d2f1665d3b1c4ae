import { randomInt } from 'node:crypto';
import type { Clock, Timer } from '../../base/clock.ts';
import { parseDigits } from '../message/chars.ts';
import { SipParseError } from '../message/errors.ts';
import type { Headers } from '../message/headers.ts';
import type { SipResponse } from '../message/message.ts';
import { type SipTimers, transactionTimeoutMs } from '../transaction/timers.ts';

export interface ReliableParts {
  readonly clock: Clock;
  readonly timers: SipTimers;
  /** Of the INVITE. */
  readonly inviteSeq: number;
  send(response: SipResponse): void;
  /** Before every repetition: whether anybody still waits for the PRACK. */
  wanted(): boolean;
  /** 64·T1 without a PRACK. */
  timedOut(): void;
}

/** What a PRACK acknowledges (RFC 3262 §7.2). */
export interface Rack {
  readonly rseq: number;
  readonly cseq: number;
  readonly method: string;
}

/** Ringing, forwarded, queued, progress: nobody needs to be told more than this at once. */
const MAX_WAITING = 8;
/** RFC 3262 §3: the first RSeq is from 1 to 2³¹ − 1. */
const FIRST_RSEQ_LIMIT = 2 ** 31;

/**
 * The provisional responses of one INVITE that have to arrive (RFC 3262 §3): one is under way at a time, repeated from
 * T1 and doubling without a limit until its PRACK comes; the others wait in line.
 */
export class ReliableProvisionals {
  readonly #parts: ReliableParts;
  readonly #waiting: SipResponse[] = [];
  #rseq = 0;
  #current: SipResponse | null = null;
  #repeat: Timer | null = null;
  #limit: Timer | null = null;
  #settled: (() => void) | null = null;

  constructor(parts: ReliableParts) {
    this.#parts = parts;
  }

  /** Takes a response without RSeq and Require; past the limit it is not told. */
  add(response: SipResponse): void {
    if (!this.#current) this.#send(response);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(response);
  }

  /** Whether the one under way has a session description: the 2xx has to wait for its PRACK then (§3). */
  get holdsDescription(): boolean {
    return this.#current !== null && this.#current.body.length > 0;
  }

  /** The INVITE is about to be answered: those that wait are not needed any more; calls once the PRACK is here. */
  settle(run: () => void): void {
    this.#waiting.length = 0;
    this.#settled = run;
  }

  /**
   * The response that a PRACK acknowledges, or null when there is no such one; the next one goes out by `proceed`, after
   * the PRACK has been answered.
   */
  acknowledge({ rseq, cseq, method }: Rack): SipResponse | null {
    const current = this.#current;
    const fits = rseq === this.#rseq && cseq === this.#parts.inviteSeq && method === 'INVITE';
    if (!current || !fits) return null;
    this.#stopTimers();
    this.#current = null;
    return current;
  }

  proceed(): void {
    if (this.#current) return;
    const next = this.#waiting.shift();
    if (next) {
      this.#send(next);
      return;
    }
    const settled = this.#settled;
    this.#settled = null;
    settled?.();
  }

  /** After a final response nothing is repeated, but a PRACK still finds what it acknowledges (§3). */
  quiet(): void {
    this.#stopTimers();
    this.#waiting.length = 0;
    this.#settled = null;
  }

  #send(response: SipResponse): void {
    const { clock, timers, timedOut, send } = this.#parts;
    this.#rseq = this.#rseq === 0 ? randomInt(1, FIRST_RSEQ_LIMIT) : this.#rseq + 1;
    response.headers.add('Require', '100rel');
    response.headers.add('RSeq', String(this.#rseq));
    this.#current = response;
    this.#limit = clock.after(transactionTimeoutMs(timers), () => {
      this.quiet();
      timedOut();
    });
    send(response);
    this.#arm(response, timers.t1);
  }

  #arm(response: SipResponse, intervalMs: number): void {
    const { clock, send, wanted } = this.#parts;
    this.#repeat = clock.after(intervalMs, () => {
      if (!wanted()) return;
      this.#arm(response, 2 * intervalMs);
      send(response);
    });
  }

  #stopTimers(): void {
    this.#repeat?.stop();
    this.#limit?.stop();
    this.#repeat = null;
    this.#limit = null;
  }
}

/** `response-num CSeq-num Method`. @throws SipParseError */
export function parseRack(value: string): Rack {
  const [rseq = '', cseq = '', method = '', ...rest] = value.trim().split(/[ \t]+/, 4);
  const rack = { rseq: parseDigits(rseq), cseq: parseDigits(cseq), method };
  if (Number.isNaN(rack.rseq) || Number.isNaN(rack.cseq) || method === '' || rest.length > 0)
    throw new SipParseError('RAck does not read "number number method"');
  return rack;
}

/** Whether the sender of an INVITE acknowledges provisional responses, or insists on it (RFC 3262 §3). */
export function reliableWanted(headers: Headers): 'required' | 'supported' | 'no' {
  const names = (name: string) => headers.getAll(name).some(tag => tag.toLowerCase() === '100rel');
  if (names('Require')) return 'required';
  return names('Supported') ? 'supported' : 'no';
}
