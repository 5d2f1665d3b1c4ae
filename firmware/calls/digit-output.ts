import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { DigitTiming, MediaLeg } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import { wayTo } from './digit-way.ts';
import { INFO_DIGIT_TYPE, infoBody } from './info-digit.ts';
import type { DigitTerms } from './side-terms.ts';

const USUAL_MS = 100;
const PAUSE_MS = 500;
const MAX_WAITING = 256;

export interface DigitOutputParts {
  readonly leg: MediaLeg;
  /** What is so at the moment of sending. */
  readonly dialog: () => Dialog | null;
  readonly agreed: () => Agreed | null;
  readonly terms: () => DigitTerms;
  readonly clock: Clock;
  /** A digit by INFO, which nobody waits for, did not arrive. */
  readonly lost: (problem: string) => void;
}

/** Sends digits to one far end, in the way that its trunk's policy says: by the worker, or one INFO after the other. */
export class DigitOutput {
  readonly #parts: DigitOutputParts;
  readonly #waiting: { readonly digit: string; readonly digitMs: number; readonly gapMs: number }[] = [];
  #timer: Timer | null = null;

  constructor(parts: DigitOutputParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when they are queued.
   * @param digits 0-9 A-D * #, and p for a pause of 500 ms
   * @throws CrosspointError media.no-telephone-event, media.no-tones, call.not-active, call.too-many-digits
   */
  async send(digits: string, timing: DigitTiming = {}): Promise<void> {
    const { leg, terms, agreed, dialog } = this.#parts;
    const way = wayTo(terms(), agreed());
    if (way !== 'info') {
      await leg.sendDigits(digits, way === 'inband' ? { ...timing, way } : timing);
      return;
    }
    if (!dialog()) throw new CrosspointError('call.not-active', 'The call has not been answered yet');
    if (this.#waiting.length + digits.length > MAX_WAITING)
      throw new CrosspointError('call.too-many-digits', `More than ${MAX_WAITING} digits wait to be sent`);
    const { digitMs = USUAL_MS, gapMs = USUAL_MS } = timing;
    for (const digit of digits) this.#waiting.push({ digit, digitMs, gapMs });
    if (this.#timer === null) this.#next();
  }

  /** Nothing more is sent. */
  close(): void {
    this.#waiting.length = 0;
    this.#timer?.stop();
    this.#timer = null;
  }

  /** Digits follow on one another as keys would be pressed. */
  #next(): void {
    this.#timer = null;
    const next = this.#waiting.shift();
    if (!next) return;
    const { digit, digitMs, gapMs } = next;
    if (digit !== 'p') this.#info(digit, digitMs);
    this.#timer = this.#parts.clock.after(digit === 'p' ? PAUSE_MS : digitMs + gapMs, () => this.#next());
  }

  #info(digit: string, digitMs: number): void {
    const { dialog, lost } = this.#parts;
    const sent = dialog()?.request('INFO', { body: infoBody(digit, digitMs), contentType: INFO_DIGIT_TYPE });
    if (!sent) lost('the dialog is over');
    sent?.then(
      ({ status }) => {
        if (status === null || status >= 300) lost(`INFO was answered ${status ?? 'by nobody'}`);
      },
      error => lost(messageOf(error)),
    );
  }
}
