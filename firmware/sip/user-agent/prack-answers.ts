import type { Clock, Timer } from '../../base/clock.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { type SipTimers, transactionTimeoutMs } from '../transaction/timers.ts';
import { parseRack, type ReliableProvisionals } from './reliable-provisionals.ts';

/** How a PRACK is answered: 200 with a session description or without, or a refusal of its offer. */
export type PrackAnswer = (status: 200 | 488, description?: Buffer) => void;

export interface PrackParts {
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly reliable: ReliableProvisionals;
  /** A PRACK came with a session description, for that response. `answer` at once or later. */
  described(acknowledged: SipResponse, body: Buffer, answer: PrackAnswer): void;
}

/** Answers the PRACKs of one INVITE (RFC 3262 §3): 200, or 481 when there is nothing to acknowledge. */
export class PrackAnswers {
  readonly #parts: PrackParts;
  /** A PRACK with an offer that its owner has not answered. */
  #deadline: Timer | null = null;

  constructor(parts: PrackParts) {
    this.#parts = parts;
  }

  answer(prack: SipRequest, transaction: ServerTransaction): void {
    const rack = readRack(prack);
    const acknowledged = rack ? this.#parts.reliable.acknowledge(rack) : null;
    if (!acknowledged) {
      transaction.respond(createResponse(prack, rack ? 481 : 400));
      return;
    }
    const respond: PrackAnswer = (status, body) => this.#respond(prack, transaction, status, body);
    if (prack.body.length === 0) respond(200);
    else this.#described(acknowledged, prack.body, respond);
  }

  close(): void {
    this.#deadline?.stop();
    this.#deadline = null;
  }

  #described(acknowledged: SipResponse, body: Buffer, respond: PrackAnswer): void {
    const { clock, timers, described } = this.#parts;
    let done = false;
    const once: PrackAnswer = (status, description) => {
      if (done) return;
      done = true;
      this.close();
      respond(status, description);
    };
    // Half of what the sender waits (RFC 4320 §4.2).
    this.#deadline = clock.after(transactionTimeoutMs(timers) / 2, () => once(488));
    described(acknowledged, body, once);
  }

  #respond(prack: SipRequest, transaction: ServerTransaction, status: number, body?: Buffer): void {
    const response = createResponse(prack, status, body === undefined ? {} : { body });
    if (body !== undefined) response.headers.set('Content-Type', 'application/sdp');
    transaction.respond(response);
    this.#parts.reliable.proceed();
  }
}

function readRack(prack: SipRequest): ReturnType<typeof parseRack> | null {
  try {
    return parseRack(prack.headers.get('RAck') ?? '');
  } catch (error) {
    if (error instanceof SipParseError) return null;
    throw error;
  }
}
