import type { WebhookDown } from '../alerts/facts.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OutboxRow } from '../store/rows.ts';
import { parseEnvelope } from './envelope.ts';
import { HttpPost, type PostResult } from './http-post.ts';
import { webhookBody } from './webhook-body.ts';
import { type WebhookOutbox, WebhookTarget } from './webhook-target.ts';

const TIMEOUT_MS = 5000;

export interface WebhooksOptions {
  readonly store: WebhookOutbox;
  /** URLs by target name. */
  readonly targets: ReadonlyMap<string, URL>;
  readonly allowPrivateTargets: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** All webhooks: a WebhookTarget each, so that none waits for another. */
export class Webhooks {
  readonly #http: HttpPost;
  readonly #targets = new Map<string, WebhookTarget>();
  readonly #down = new Map<string, WebhookDown>();

  constructor({ store, targets, allowPrivateTargets, clock, log, random = Math.random }: WebhooksOptions) {
    this.#http = new HttpPost({ allowPrivateTargets, clock, timeoutMs: TIMEOUT_MS });
    for (const [name, url] of targets) {
      const failing = (reason: string | null) => {
        if (reason === null) this.#down.delete(name);
        else this.#down.set(name, { target: name, since: clock.now(), reason });
        if (reason === null) log.info({ target: name }, 'webhook takes events again');
        else log.warn({ target: name, host: url.host, reason }, 'webhook down; its events wait');
      };
      const post = (row: OutboxRow) => this.#post(url, row);
      this.#targets.set(name, new WebhookTarget({ name, store, post, clock, random, failing }));
    }
  }

  get figures(): { readonly delivered: number; readonly failed: number; readonly expired: number } {
    const sum = { delivered: 0, failed: 0, expired: 0 };
    for (const { figures } of this.#targets.values()) {
      sum.delivered += figures.delivered;
      sum.failed += figures.failed;
      sum.expired += figures.expired;
    }
    return sum;
  }

  /** Those that take nothing. */
  get down(): readonly WebhookDown[] {
    return [...this.#down.values()];
  }

  /** Begins with what waits from before. */
  start(): void {
    for (const target of this.#targets.values()) target.wake();
  }

  wake(name: string): void {
    this.#targets.get(name)?.wake();
  }

  /** What is in flight is broken off and told again after the next start. */
  close(): void {
    for (const target of this.#targets.values()) target.close();
    this.#http.close();
  }

  async #post(url: URL, row: OutboxRow): Promise<PostResult> {
    const envelope = parseEnvelope(row.body);
    // Of another release, and nobody here can read it: waiting longer would help no one.
    if (!envelope) return { ok: true };
    return this.#http.post(url, JSON.stringify(webhookBody(envelope)), { 'x-crosspoint-event-id': envelope.id });
  }
}
