import type { Timer } from '../../base/clock.ts';
import type { SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { ServerParts, ServerTransaction } from './server-transaction.ts';
import { timerJMs } from './timers.ts';

/**
 * RFC 3261 §17.2.2:
 *
 *      request
 *         ▼            request: nothing
 *      trying ── 1xx ─▶ proceeding ◀┐
 *         │              │   └──────┘ request: last 1xx again
 *         └─ 200–699 ─┐  │ 200–699
 *                     ▼  ▼
 *                  completed ◀┐
 *                     │ └─────┘ request: response again
 *                     ▼ Timer J
 *                 terminated
 */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export class NonInviteServerTransaction implements ServerTransaction {
  readonly #parts: ServerParts;
  #state: NonInviteServerState = 'trying';
  #last: Buffer | null = null;
  #timerJ: Timer | null = null;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  get answered(): boolean {
    return this.#state === 'completed' || this.#state === 'terminated';
  }

  respond(response: SipResponse): void {
    if (this.answered) return;
    this.#last = serialise(response);
    if (response.status < 200) {
      this.#state = 'proceeding';
    } else {
      this.#state = 'completed';
      const { clock, timers, reliable } = this.#parts;
      this.#timerJ = clock.after(timerJMs(timers, reliable), () => this.terminate());
    }
    this.#parts.send(this.#last);
  }

  retransmitted(): void {
    if (this.#last) this.#parts.send(this.#last);
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#timerJ?.stop();
    this.#timerJ = null;
    this.#last = null;
    this.#parts.ended();
  }
}
