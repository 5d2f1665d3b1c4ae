import type { Timer } from '../../base/clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { ServerParts, ServerTransaction } from './server-transaction.ts';
import { absorbMs, nextIntervalMs, transactionTimeoutMs } from './timers.ts';
import { trying } from './trying.ts';

/**
 * RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1:
 *
 *                        INVITE
 *                          ▼        INVITE: last 1xx again
 *     after 200 ms: 100 proceeding ◀──────────────┐
 *                        │ │ └── 1xx of the core ─┘
 *                 2xx    │ └─ 300–699 ─▶ completed ─── Timer H ──┐
 *                        ▼               │  │ ▲ Timer G, INVITE: │
 *            INVITE:  accepted           │  └─┘ response again   │
 *            nothing     │               │ ACK                   │
 *                        │               ▼                       │
 *                        │           confirmed (absorbs ACKs)    │
 *                        │ Timer L       │ Timer I               │
 *                        ▼               ▼                       ▼
 *                        ───────────── terminated ────────────────
 */
export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

export class InviteServerTransaction implements ServerTransaction {
  /** Set by the core while it may still be cancelled (§9.2); it is given the CANCEL, which may say why (RFC 3326). */
  whenCancelled: ((cancel: SipRequest) => void) | null = null;
  readonly #parts: ServerParts;
  #state: InviteServerState = 'proceeding';
  #last: Buffer | null = null;
  /** 100 Trying while proceeding, Timer G when completed. */
  #repeat: Timer | null = null;
  /** Timer H when completed, I when confirmed, L when accepted. */
  #timeout: Timer | null = null;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get state(): InviteServerState {
    return this.#state;
  }

  get answered(): boolean {
    return this.#state !== 'proceeding';
  }

  start(request: SipRequest): void {
    const { clock, timers } = this.#parts;
    const receivedAt = clock.monotonic();
    this.#repeat = clock.after(timers.trying, () => this.respond(trying(request, clock.monotonic() - receivedAt)));
  }

  /** In the Accepted state this takes nothing more: the core sends its 2xx again with `repeatSuccess` (§13.3.1.4). */
  respond(response: SipResponse): void {
    if (this.#state !== 'proceeding') return;
    this.#last = serialise(response);
    this.#stopTimers();
    if (response.status >= 200) this.whenCancelled = null;
    if (response.status >= 300) this.#complete();
    else if (response.status >= 200) this.#accept();
    this.#parts.send(this.#last);
  }

  repeatSuccess(): void {
    if (this.#state === 'accepted' && this.#last) this.#parts.send(this.#last);
  }

  /** The core has the ACK of its 2xx: nothing is left to be repeated. */
  successConfirmed(): void {
    if (this.#state === 'accepted') this.#last = null;
  }

  retransmitted(): void {
    if ((this.#state === 'proceeding' || this.#state === 'completed') && this.#last) this.#parts.send(this.#last);
  }

  /** An ACK that carries this transaction's branch. In the Accepted state it is the core's, not ours (RFC 6026 §7.1). */
  acknowledged(): void {
    if (this.#state !== 'completed') return;
    this.#state = 'confirmed';
    this.#stopTimers();
    this.#last = null;
    const { clock, timers, reliable } = this.#parts;
    this.#timeout = clock.after(absorbMs(timers, reliable), () => this.terminate());
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#stopTimers();
    this.#last = null;
    this.whenCancelled = null;
    this.#parts.ended();
  }

  #accept(): void {
    this.#state = 'accepted';
    const { clock, timers } = this.#parts;
    this.#timeout = clock.after(transactionTimeoutMs(timers), () => this.terminate());
  }

  #complete(): void {
    this.#state = 'completed';
    const { clock, timers, reliable } = this.#parts;
    this.#timeout = clock.after(transactionTimeoutMs(timers), () => this.terminate());
    if (!reliable) this.#armTimerG(timers.t1);
  }

  #armTimerG(intervalMs: number): void {
    this.#repeat = this.#parts.clock.after(intervalMs, () => {
      this.#armTimerG(nextIntervalMs(intervalMs, this.#parts.timers));
      if (this.#last) this.#parts.send(this.#last);
    });
  }

  #stopTimers(): void {
    this.#repeat?.stop();
    this.#timeout?.stop();
    this.#repeat = null;
    this.#timeout = null;
  }
}
