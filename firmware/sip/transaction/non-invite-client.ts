import type { Timer } from '../../base/clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientParts, ClientPath, ClientTransaction } from './client-transaction.ts';
import { absorbMs, nextIntervalMs, transactionTimeoutMs } from './timers.ts';

/**
 * RFC 3261 §17.1.2.2:
 *
 *                        request sent
 *      Timer E: resend ┌─▶ trying ────── Timer F / transport error ──┐
 *                      └──┘ │   └─ 200–699 ──────────┐               │
 *                       1xx ▼                        ▼               │
 *   Timer E (T2): resend ┌─▶ proceeding ─ 200–699 ▶ completed        │
 *       1xx to the core  └──┘     │                  │ Timer K       │
 *                                 └─ Timer F ─┐      ▼               ▼
 *                                             ──── terminated ────────
 */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export class NonInviteClientTransaction implements ClientTransaction {
  readonly request: SipRequest;
  readonly path: ClientPath;
  readonly #reliable: boolean;
  readonly #parts: ClientParts;
  #state: NonInviteClientState = 'trying';
  #timerE: Timer | null = null;
  /** Timer F until the final response, K after it. */
  #timeout: Timer | null = null;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.request = parts.request;
    this.path = parts.path;
    this.#reliable = parts.path.hop.transport !== 'udp';
  }

  get state(): NonInviteClientState {
    return this.#state;
  }

  start(): void {
    const { timers, clock, bytes, user } = this.#parts;
    this.#timeout = clock.after(transactionTimeoutMs(timers), () => {
      this.terminate();
      user.failed({ cause: 'timeout', timer: 'F' });
    });
    if (!this.#reliable) this.#armTimerE(timers.t1);
    this.#parts.send(bytes);
  }

  receive(response: SipResponse): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
    if (response.status < 200) {
      this.#state = 'proceeding';
    } else {
      this.#stopTimers();
      this.#state = 'completed';
      const { clock, timers } = this.#parts;
      this.#timeout = clock.after(absorbMs(timers, this.#reliable), () => this.terminate());
    }
    this.#parts.user.response(response);
  }

  transportFailed(error: Error): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
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

  #armTimerE(intervalMs: number): void {
    this.#timerE = this.#parts.clock.after(intervalMs, () => {
      const { timers, bytes } = this.#parts;
      this.#armTimerE(this.#state === 'proceeding' ? timers.t2 : nextIntervalMs(intervalMs, timers));
      this.#parts.send(bytes);
    });
  }

  #stopTimers(): void {
    this.#timerE?.stop();
    this.#timeout?.stop();
    this.#timerE = null;
    this.#timeout = null;
  }
}
