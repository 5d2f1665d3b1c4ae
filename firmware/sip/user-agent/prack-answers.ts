import type { Dialog } from '../dialog/dialog.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { createResponse } from '../transaction/response.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { parseRack, type ReliableProvisionals } from './reliable-provisionals.ts';

export interface PrackParts {
  readonly reliable: ReliableProvisionals;
  readonly dialog: Dialog;
  /** Whether that response carried an offer of ours, which the PRACK answers then. */
  awaitsAnswer(acknowledged: SipResponse): boolean;
  answered(body: Buffer): void;
  /** The owner's answer to an offer; null: it is refused. */
  offered(body: Buffer): Buffer | null;
}

/** Answers the PRACKs of one INVITE (RFC 3262 §3, §5): 200, or 481 when there is nothing to acknowledge. */
export class PrackAnswers {
  readonly #parts: PrackParts;

  constructor(parts: PrackParts) {
    this.#parts = parts;
  }

  answer(prack: SipRequest, transaction: ServerTransaction): void {
    const rack = readRack(prack);
    const acknowledged = rack ? this.#parts.reliable.acknowledge(rack) : null;
    if (!acknowledged) transaction.respond(createResponse(prack, rack ? 481 : 400));
    else if (prack.body.length === 0) this.#respond(prack, transaction, 200);
    else if (this.#parts.awaitsAnswer(acknowledged)) {
      this.#respond(prack, transaction, 200);
      this.#parts.answered(prack.body);
    } else this.#offered(prack, transaction);
  }

  /** While another offer is open, nobody can answer this one (RFC 3264 §4). */
  #offered(prack: SipRequest, transaction: ServerTransaction): void {
    const { dialog, offered } = this.#parts;
    const answer = dialog.offers.outstanding === null ? offered(prack.body) : null;
    if (answer) dialog.description.ours = answer;
    this.#respond(prack, transaction, answer ? 200 : 488, answer ?? undefined);
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
