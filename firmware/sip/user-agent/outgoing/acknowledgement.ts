import type { Timer } from '../../../base/clock.ts';
import type { Dialog } from '../../dialog/dialog.ts';
import type { ExtraHeaders } from '../../dialog/dialog-listener.ts';
import type { Stack } from '../../dialog/stack.ts';
import { Headers } from '../../message/headers.ts';
import { transactionTimeoutMs } from '../../transaction/timers.ts';

export interface AcknowledgementParts {
  readonly stack: Stack;
  readonly dialog: Dialog;
  readonly inviteSeq: number;
  readonly authorization: ExtraHeaders;
}

const NO_BODY: Buffer = Buffer.alloc(0);

/**
 * The ACK of one 2xx (RFC 3261 §13.2.2.4). When the 2xx brought an offer, the owner has 64·T1 to give the answer, as
 * long as the far end waits for the ACK; then the call is over.
 */
export class Acknowledgement {
  readonly #parts: AcknowledgementParts;
  #sent = false;
  #limit: Timer | null = null;

  constructor(parts: AcknowledgementParts) {
    this.#parts = parts;
  }

  send(answer: Buffer = NO_BODY): void {
    if (this.#sent) return;
    this.#sent = true;
    this.#limit?.stop();
    const { dialog, inviteSeq, authorization } = this.#parts;
    if (answer.length > 0) dialog.description.ours = answer;
    dialog.offers.outstanding = null;
    dialog.acknowledge(inviteSeq, authorization, answer);
  }

  /** For the owner's answer. */
  wait(): void {
    const { clock, timers } = this.#parts.stack;
    this.#parts.dialog.offers.outstanding = 'theirs';
    this.#limit = clock.after(transactionTimeoutMs(timers), () => this.#tooLate());
  }

  /** The 2xx came again. */
  repeated(): void {
    const { dialog, inviteSeq, authorization } = this.#parts;
    if (this.#sent) dialog.acknowledge(inviteSeq, authorization);
    // The owner has ended the call instead of answering: the far end still wants its ACK.
    else if (dialog.closed) this.send();
  }

  #tooLate(): void {
    const { dialog } = this.#parts;
    if (dialog.closed) return;
    const { listener } = dialog;
    this.send();
    void dialog.bye();
    listener?.ended({ by: 'failed', headers: new Headers() });
  }
}
