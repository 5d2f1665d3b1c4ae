import type { Timer } from '../../base/clock.ts';
import type { DialogCore, SessionKeeper } from './dialog-core.ts';
import type { ChangeOutcome } from './dialog-listener.ts';
import { meansGone } from './dialog-requests.ts';
import type { Change } from './outgoing-changes.ts';
import { afterTooSmall, type SessionTimerTerms, sessionTimerOffer } from './session-timer.ts';

const NO_BODY = Buffer.alloc(0);
/** Of one refresh; a far end that always wants a second more would be asked for ever. */
const MAX_RAISES = 4;

/**
 * The session timer of one dialog (RFC 4028 §10).
 *
 *     refresher: wait half of the interval ─▶ UPDATE, or re-INVITE ── 2xx ─▶ wait
 *                         ▲                     └── any other answer: the other method, then a tenth later again
 *                     nothing by the end of the interval ─▶ BYE
 *     watcher: wait for a refresh of theirs, each begins anew
 *                     nothing until min(32 s, a third) before the end of the interval ─▶ BYE
 */
export class RunningSessionTimer implements SessionKeeper {
  readonly #core: DialogCore;
  readonly #change: (change: Change, settle: (outcome: ChangeOutcome) => void) => void;
  #terms: SessionTimerTerms;
  /** Monotonic time at which we say BYE. */
  #deadline = 0;
  #timer: Timer | null = null;
  #updateRefused = false;
  #raises = 0;

  constructor(
    core: DialogCore,
    terms: SessionTimerTerms,
    change: (change: Change, settle: (outcome: ChangeOutcome) => void) => void,
  ) {
    this.#core = core;
    this.#terms = terms;
    this.#change = change;
  }

  get terms(): SessionTimerTerms {
    return this.#terms;
  }

  /** A refresh of either side went through: the interval begins anew. */
  renew(terms: SessionTimerTerms): void {
    this.#terms = terms;
    const { intervalS, refresher } = terms;
    const earlyS = refresher === 'us' ? 0 : Math.min(32, intervalS / 3);
    this.#deadline = this.#now() + 1000 * (intervalS - earlyS);
    if (refresher === 'us') this.#arm(500 * intervalS, () => this.#refresh());
    else this.#armDeadline();
  }

  stop(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  #refresh(): void {
    // However the refresh goes, the far end does not wait beyond this.
    this.#armDeadline();
    this.#raises = 0;
    const updates = !this.#updateRefused && this.#core.path.state.remoteAllows.has('UPDATE');
    if (updates) this.#update();
    else this.#reinvite();
  }

  /** Without a body it touches no offer, so that it may go at any time (§7.4). */
  #update(): void {
    const headers = sessionTimerOffer(this.#terms, 'us');
    this.#core.sender.send(
      { method: 'UPDATE', headers, body: NO_BODY, contentType: '' },
      {
        response: response => {
          const { status, headers } = response;
          if (status < 200 || this.#core.over) return;
          const next = status === 422 && this.#raises < MAX_RAISES ? afterTooSmall(this.#terms, headers) : null;
          if (status < 300) {
            this.#core.path.refresh(response);
            this.#core.refreshAnswered(headers);
          } else if (meansGone(status)) this.#core.owner.fail('session-timer', headers);
          else if (next) {
            this.#raises += 1;
            this.#terms = { ...this.#terms, ...next };
            this.#update();
          } else {
            this.#updateRefused = isNotTaken(status);
            this.#reinvite();
          }
        },
        failed: why => {
          if (why === 'timeout') this.#core.owner.fail('session-timer');
          else this.#again();
        },
      },
    );
  }

  /** With the last description that we gave, version and all: it changes nothing (RFC 4028 §7.4, RFC 3264 §8). */
  #reinvite(): void {
    const body = this.#core.description.ours;
    if (body.length === 0) {
      this.#again();
      return;
    }
    this.#change({ method: 'INVITE', headers: [], body, endsBy: 'session-timer' }, outcome => {
      // A 2xx has renewed the timer already.
      if (outcome.kind === 'refused') this.#again();
    });
  }

  #again(): void {
    if (this.#core.over) return;
    const waitMs = 100 * this.#terms.intervalS;
    if (this.#now() + waitMs < this.#deadline) this.#arm(waitMs, () => this.#refresh());
    else this.#armDeadline();
  }

  #armDeadline(): void {
    this.#arm(Math.max(0, this.#deadline - this.#now()), () => this.#core.owner.fail('session-timer'));
  }

  #arm(delayMs: number, run: () => void): void {
    this.#timer?.stop();
    this.#timer = this.#core.stack.clock.after(delayMs, run);
  }

  #now(): number {
    return this.#core.stack.clock.monotonic();
  }
}

/** The method itself is refused, today and tomorrow. */
function isNotTaken(status: number): boolean {
  return status === 405 || status === 501 || status === 420;
}
