import type { Timer } from '../../base/clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { ClientParts, ClientPath, ClientTransaction } from './client-transaction.ts';
import { failureAck } from './hop-by-hop.ts';
import { timerDMs, transactionTimeoutMs } from './timers.ts';

/**
 * RFC 3261 §17.1.1.2 with the Accepted state of RFC 6026 §7.2:
 *
 *                       INVITE sent
 *      Timer A: resend ┌─▶ calling ──── Timer B / transport error ─────────┐
 *                      └──┘  │  │ └─ 300–699: ACK ───────────┐             │
 *                       1xx  │  │ 2xx                        │             │
 *                            ▼  └──────────────┐             ▼             │
 *         1xx to core ┌─▶ proceeding ── 2xx ─▶ accepted   completed ◀─┐    │
 *                     └──┘   │                 │ ▲ │        │  │ └────┘    │
 *                            └─ 300–699: ACK ──┼─┼─┼────────┘  │ 300–699:  │
 *                                     2xx to   └─┘ │ Timer M   │ ACK again │
 *                                     the core     ▼           ▼ Timer D   ▼
 *                                                  ──────── terminated ─────
 */
export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

export class InviteClientTransaction implements ClientTransaction {
  readonly request: SipRequest;
  readonly path: ClientPath;
  readonly #reliable: boolean;
  readonly #parts: ClientParts;
  #state: InviteClientState = 'calling';
  #timerA: Timer | null = null;
  /** Timer B while calling, M when accepted, D when completed: never two at once. */
  #timeout: Timer | null = null;
  #ack: Buffer | null = null;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.request = parts.request;
    this.path = parts.path;
    this.#reliable = parts.path.hop.transport !== 'udp';
  }

  get state(): InviteClientState {
    return this.#state;
  }

  start(): void {
    const { timers, clock, bytes, user } = this.#parts;
    this.#timeout = clock.after(transactionTimeoutMs(timers), () => {
      this.terminate();
      user.failed({ cause: 'timeout', timer: 'B' });
    });
    if (!this.#reliable) this.#armTimerA(timers.t1);
    this.#parts.send(bytes);
  }

  receive(response: SipResponse): void {
    const final = response.status >= 200;
    const success = final && response.status < 300;
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        this.#stopTimers();
        if (!final) this.#state = 'proceeding';
        else if (success) this.#accept();
        else this.#complete(response);
        this.#parts.user.response(response);
        return;
      case 'accepted':
        // RFC 6026 §7.2: a 2xx, retransmitted or of another branch of a fork, is the core's to acknowledge.
        if (success) this.#parts.user.response(response);
        return;
      case 'completed':
        if (final && !success && this.#ack) this.#parts.send(this.#ack);
        return;
      case 'terminated':
        return;
      default:
        this.#state satisfies never;
    }
  }

  transportFailed(error: Error): void {
    // Once a final response is here the transaction has done its work: a lost ACK brings the response again.
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    this.terminate();
    this.#parts.user.failed({ cause: 'transport', error });
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#stopTimers();
    this.#parts.ended();
    this.#parts.user.terminated?.();
  }

  #armTimerA(intervalMs: number): void {
    this.#timerA = this.#parts.clock.after(intervalMs, () => {
      // §17.1.1.2: Timer A doubles without a ceiling; Timer B ends it.
      this.#armTimerA(2 * intervalMs);
      this.#parts.send(this.#parts.bytes);
    });
  }

  #accept(): void {
    this.#state = 'accepted';
    const { clock, timers } = this.#parts;
    this.#timeout = clock.after(transactionTimeoutMs(timers), () => this.terminate());
  }

  #complete(response: SipResponse): void {
    this.#state = 'completed';
    const { clock, timers, request } = this.#parts;
    this.#ack = serialise(failureAck(request, response));
    this.#parts.send(this.#ack);
    this.#timeout = clock.after(timerDMs(timers, this.#reliable), () => this.terminate());
  }

  #stopTimers(): void {
    this.#timerA?.stop();
    this.#timeout?.stop();
    this.#timerA = null;
    this.#timeout = null;
  }
}
