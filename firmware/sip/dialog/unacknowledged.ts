import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest } from '../message/message.ts';
import { AnswerWait } from './answer-wait.ts';
import type { Stack } from './stack.ts';

/** What the owner of a 2xx waits for. */
export interface AnswerOutcome {
  /** Its ACK is here; the body is their answer when the 2xx brought our offer. */
  acknowledged(ack: SipRequest | null): void;
  /** 64·T1 went by. */
  timedOut(): void;
}

interface Waiting {
  readonly wait: AnswerWait;
  readonly outcome: AnswerOutcome;
  readonly inviteSeq: number | null;
}

/** The 2xx of ours whose ACK has not come yet: at most one, since INVITEs of a dialog do not overlap (RFC 3261 §14). */
export class Unacknowledged {
  readonly #stack: Stack;
  /** A BYE that must not overtake the ACK (§15). */
  whenOver: (() => void) | null = null;
  #waiting: Waiting | null = null;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  get pending(): boolean {
    return this.#waiting !== null;
  }

  begin(inviteSeq: number | null, repeat: () => void, outcome: AnswerOutcome): void {
    this.implied();
    const { clock, timers } = this.#stack;
    const timedOut = () => {
      this.#waiting = null;
      outcome.timedOut();
      this.#over();
    };
    const wait = new AnswerWait({ clock, timers, repeat, timedOut });
    this.#waiting = { wait, outcome, inviteSeq };
    wait.start();
  }

  /** Only the ACK of the answered INVITE counts. */
  acknowledged(ack: SipRequest): void {
    if (!this.#waiting || parseCSeq(ack.headers.get('CSeq') ?? '').number !== this.#waiting.inviteSeq) return;
    this.#end(ack);
  }

  /** §14.1: whoever sends the next INVITE has had the 2xx of the one before, though its ACK got lost. */
  implied(): void {
    if (this.#waiting) this.#end(null);
  }

  close(): void {
    this.#waiting?.wait.stop();
    this.#waiting = null;
    this.whenOver = null;
  }

  #end(ack: SipRequest | null): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.wait.stop();
    waiting?.outcome.acknowledged(ack);
    this.#over();
  }

  #over(): void {
    const run = this.whenOver;
    this.whenOver = null;
    run?.();
  }
}
