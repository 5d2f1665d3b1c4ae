import type { Dialog } from '../../dialog/dialog.ts';
import type { SipResponse } from '../../message/message.ts';
import { descriptionOf } from './description-of.ts';
import { ReliableOrder } from './reliable-order.ts';

export type EarlyOffer = (dialog: Dialog, offer: Buffer, answer: (body: Buffer) => void) => void;

/** What a provisional response comes to for the owner of the call. */
export interface Told {
  /** Null of a response that makes no dialog. */
  readonly dialog: Dialog | null;
  readonly body: Buffer;
}

const NO_BODY: Buffer = Buffer.alloc(0);

/** One branch of a fork before its answer: an early dialog and its provisional responses (RFC 3261 §12.1, RFC 3262). */
export class EarlyBranch {
  readonly dialog: Dialog;
  /** The last session description of it; empty when there was none. */
  description: Buffer = NO_BODY;
  /** Whether an offer of the far end has been answered by PRACK. */
  negotiated = false;
  readonly #inviteSeq: number;
  readonly #offerless: boolean;
  readonly #order = new ReliableOrder();
  /** RSeq of PRACKs that got no answer at all: a repetition of the response gets a new one. */
  #unanswered: number | null = null;
  #open = true;

  constructor(dialog: Dialog, inviteSeq: number, offerless: boolean) {
    this.dialog = dialog;
    this.#inviteSeq = inviteSeq;
    this.#offerless = offerless;
    if (!offerless) dialog.offers.outstanding = 'ours';
  }

  /** Until its answer, its 199, or another branch's answer. */
  get open(): boolean {
    return this.#open;
  }

  /** Null when there is nothing to tell. */
  provisional(response: SipResponse, earlyOffer: EarlyOffer | null): Told | null {
    if (!this.#open) return null;
    const reliability = this.#order.judge(response);
    if (reliability.kind === 'early') return null;
    if (reliability.kind === 'repeat') {
      // RFC 3262 §4: a repetition is dropped; our PRACK is repeated by its own transaction until it is answered.
      if (this.#unanswered === reliability.rseq) this.#acknowledge(reliability.rseq, NO_BODY);
      return null;
    }
    const body = descriptionOf(response);
    if (body.length > 0) this.description = body;
    if (reliability.kind === 'next') this.#reliable(reliability.rseq, body, earlyOffer);
    if (response.status === 199) this.close();
    return { dialog: this.dialog, body };
  }

  confirm(response: SipResponse): void {
    this.dialog.confirm(response);
    if (!this.#offerless) this.dialog.offers.outstanding = null;
    this.#open = false;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.dialog.close();
  }

  /** A description in a reliable response to an INVITE without one is an offer, answered in the PRACK (RFC 3262 §5). */
  #reliable(rseq: number, body: Buffer, earlyOffer: EarlyOffer | null): void {
    const { offers } = this.dialog;
    if (!this.#offerless || this.negotiated || body.length === 0 || !earlyOffer) {
      // A description in a reliable response to our offer is its answer; UPDATE is possible from now on.
      if (!this.#offerless && body.length > 0) offers.outstanding = null;
      this.#acknowledge(rseq, NO_BODY);
      return;
    }
    let answered = false;
    offers.outstanding = 'theirs';
    earlyOffer(this.dialog, body, answer => {
      if (answered || !this.#open) return;
      answered = true;
      this.negotiated = true;
      this.dialog.description.ours = answer;
      offers.outstanding = null;
      this.#acknowledge(rseq, answer);
    });
  }

  #acknowledge(rseq: number, body: Buffer): void {
    this.#unanswered = null;
    const headers = [['RAck', `${rseq} ${this.#inviteSeq} INVITE`]] as const;
    const more = body.length > 0 ? { body } : {};
    void this.dialog.request('PRACK', { headers, ...more }).then(({ status }) => {
      if (status === null) this.#unanswered = rseq;
    });
  }
}
