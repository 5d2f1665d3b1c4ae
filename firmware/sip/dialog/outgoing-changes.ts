import type { Timer } from '../../base/clock.ts';
import { parseDigits } from '../message/chars.ts';
import type { Headers } from '../message/headers.ts';
import type { SipResponse } from '../message/message.ts';
import type { DialogCore } from './dialog-core.ts';
import type { ChangeOutcome, DialogEnd } from './dialog-listener.ts';
import { meansGone } from './dialog-requests.ts';
import type { Outgoing } from './dialog-sender.ts';
import { Reinvite, type ReinviteResult } from './reinvite.ts';
import { descriptionIn } from './session-description.ts';
import { afterTooSmall, sessionTimerOffer } from './session-timer.ts';

const MAX_WAITING = 8;
/** Sendings of one change: two sides that collide again and again, or a server that says "later" for ever. */
const MAX_TRIES = 6;
/** §14.2 has the far end ask for at most that much patience. */
const MAX_RETRY_AFTER_S = 10;

export interface Change {
  readonly method: 'INVITE' | 'UPDATE';
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** What a far end that is gone ends the dialog by. */
  readonly endsBy: DialogEnd['by'];
}

interface Job extends Change {
  tries: number;
  settle(outcome: ChangeOutcome): void;
}

/**
 * Our re-INVITEs and UPDATEs, one after the other, each when no offer and no INVITE is under way (RFC 3261 §14.1,
 * RFC 3311 §5.1). A collision (491) or "later" (500 with Retry-After) is waited out.
 */
export class OutgoingChanges {
  readonly #core: DialogCore;
  readonly #queue: Job[] = [];
  #running: Job | null = null;
  #pause: Timer | null = null;

  constructor(core: DialogCore) {
    this.#core = core;
    core.offers.whenFree = () => this.#next();
  }

  start(change: Change, settle: (outcome: ChangeOutcome) => void): void {
    if (this.#queue.length >= MAX_WAITING) {
      settle(refused(`more than ${MAX_WAITING} changes of the session wait`));
      return;
    }
    this.#queue.push({ ...change, tries: 0, settle });
    this.#next();
  }

  close(): void {
    this.#pause?.stop();
    this.#pause = null;
    const jobs = [...(this.#running ? [this.#running] : []), ...this.#queue.splice(0)];
    this.#running = null;
    for (const job of jobs) job.settle(refused('the dialog has ended'));
  }

  #next(): void {
    const [job] = this.#queue;
    if (!job || this.#running || this.#pause || this.#core.over || !this.#core.offers.free) return;
    this.#queue.shift();
    this.#running = job;
    job.tries += 1;
    if (job.method === 'INVITE') this.#invite(job);
    else this.#update(job);
  }

  #invite(job: Job): void {
    const { offers } = this.#core;
    if (!this.#core.confirmed) {
      this.#finish(job, refused('the call has not been answered yet'));
      return;
    }
    offers.invite = 'ours';
    if (job.body.length > 0) offers.outstanding = 'ours';
    new Reinvite(this.#core, this.#outgoing(job), result => this.#invited(job, result)).start();
  }

  #invited(job: Job, result: ReinviteResult): void {
    const { offers, owner } = this.#core;
    offers.outstanding = null;
    offers.invite = null;
    if (this.#running !== job) return;
    if (result.kind === 'success') this.#accepted(job, result.response, result.acknowledge);
    else if (result.kind === 'failure') this.#failure(job, result.response);
    else {
      this.#finish(job, refused(result.reason));
      // Timer B, or a CANCEL without effect: the far end is gone (§12.2.1.2).
      if (result.why === 'timeout' || result.why === 'unanswered') owner.fail(job.endsBy);
    }
  }

  #update(job: Job): void {
    const { offers, path, sender, owner } = this.#core;
    offers.outstanding = 'ours';
    sender.send(this.#outgoing(job), {
      response: response => {
        if (response.status < 200) return;
        offers.outstanding = null;
        if (response.status < 300) path.refresh(response);
        if (this.#running !== job) return;
        if (response.status < 300) this.#accepted(job, response, null);
        else this.#failure(job, response);
      },
      failed: (why, reason) => {
        offers.outstanding = null;
        if (this.#running !== job) return;
        this.#finish(job, refused(reason));
        if (why === 'timeout') owner.fail(job.endsBy);
      },
    });
  }

  #accepted(job: Job, response: SipResponse, acknowledge: ((answer: Buffer) => void) | null): void {
    const { headers } = response;
    const { offers, description } = this.#core;
    this.#core.refreshAnswered(headers);
    const outcome = { kind: 'accepted', body: descriptionIn(response), headers } as const;
    if (!acknowledge) {
      description.ours = job.body;
      this.#finish(job, outcome);
      return;
    }
    offers.outstanding = 'theirs';
    const answer = (body: Buffer) => {
      description.ours = body;
      acknowledge(body);
      offers.outstanding = null;
    };
    this.#finish(job, { ...outcome, acknowledge: answer });
  }

  #failure(job: Job, response: SipResponse): void {
    const { status, reason, headers } = response;
    const waitMs = job.tries < MAX_TRIES ? this.#waitMs(status, headers) : null;
    if (waitMs !== null) {
      this.#running = null;
      this.#queue.unshift(job);
      this.#pause = this.#core.stack.clock.after(waitMs, () => {
        this.#pause = null;
        this.#next();
      });
      return;
    }
    this.#finish(job, { kind: 'refused', status, reason, headers });
    if (meansGone(status)) this.#core.owner.fail(job.endsBy, headers);
  }

  /** How long until the same change is worth another try; null: it is refused. */
  #waitMs(status: number, headers: Headers): number | null {
    const random = this.#core.stack.resolver.random();
    if (status === 491) {
      // §14.1: the side that owns the Call-ID waits longer, in units of 10 ms, so that the other one goes first.
      return this.#core.role === 'uac' ? 2100 + 10 * Math.floor(random * 191) : 10 * Math.floor(random * 201);
    }
    if (status === 500) {
      const seconds = parseDigits(
        headers
          .get('Retry-After')
          ?.match(/^\s*\d+/)?.[0]
          .trim() ?? '',
      );
      return seconds <= MAX_RETRY_AFTER_S ? 1000 * seconds : null;
    }
    const { keeper } = this.#core;
    const next = status === 422 && keeper ? afterTooSmall(keeper.terms, headers) : null;
    if (!keeper || !next) return null;
    keeper.renew({ ...keeper.terms, ...next });
    return 0;
  }

  #finish(job: Job, outcome: ChangeOutcome): void {
    this.#running = null;
    job.settle(outcome);
    this.#next();
  }

  #outgoing({ method, headers, body }: Job): Outgoing {
    const { keeper } = this.#core;
    const timer = keeper ? sessionTimerOffer(keeper.terms, keeper.terms.refresher) : [];
    return { method, headers: [...headers, ...timer], body, contentType: 'application/sdp' };
  }
}

function refused(reason: string): ChangeOutcome {
  return { kind: 'refused', status: null, reason };
}
