import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OutboxRow } from '../store/rows.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { HttpPost, type PostedRequest, type PostResult } from './http-post.ts';
import { webhookBody } from './webhook-body.ts';
import { type WebhookFigures, type WebhookOutbox, type WebhookStanding, WebhookTarget } from './webhook-target.ts';
import { signatureOf } from './webhooks/signature.ts';
import { tellingRequest } from './webhooks/telling-request.ts';
import type { WebhookAddress } from './webhooks/webhook-address.ts';

const TIMEOUT_MS = 5000;

export interface WebhooksOptions {
  readonly store: WebhookOutbox;
  readonly allowPrivateTargets: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

export interface ListedWebhook {
  readonly name: string;
  readonly address: WebhookAddress;
  readonly standing: WebhookStanding;
  readonly figures: WebhookFigures;
}

interface Webhook {
  readonly address: WebhookAddress;
  readonly target: WebhookTarget;
}

/** All webhooks: a WebhookTarget each, so that none waits for another. They come and go. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #http: HttpPost;
  readonly #webhooks = new Map<string, Webhook>();
  /** Of those that are gone. */
  readonly #former = { delivered: 0, failed: 0, givenUp: 0 };
  #started = false;

  constructor(options: WebhooksOptions) {
    const { allowPrivateTargets, clock } = options;
    this.#options = options;
    this.#http = new HttpPost({ allowPrivateTargets, clock, timeoutMs: TIMEOUT_MS });
  }

  get figures(): WebhookFigures {
    const sum = { ...this.#former };
    for (const { target } of this.#webhooks.values()) addTo(sum, target.figures);
    return sum;
  }

  has(name: string): boolean {
    return this.#webhooks.has(name);
  }

  list(): ListedWebhook[] {
    return [...this.#webhooks].map(([name, { address, target }]) => ({
      name,
      address,
      standing: target.standing,
      figures: target.figures,
    }));
  }

  add(name: string, address: WebhookAddress): void {
    const { store, clock, log, random = Math.random } = this.#options;
    const failing = (reason: string | null) => {
      if (reason === null) log.info({ target: name }, 'webhook takes events again');
      else log.warn({ target: name, host: address.url?.host, reason }, 'webhook down; its events wait');
    };
    const post = (row: OutboxRow) => this.#post(address, row);
    const target = new WebhookTarget({ name, store, post, clock, random, failing });
    this.#webhooks.set(name, { address, target });
    if (this.#started) target.wake();
  }

  /** It is told nothing more; what is in flight may arrive. */
  remove(name: string): void {
    const webhook = this.#webhooks.get(name);
    if (!webhook) return;
    webhook.target.close();
    addTo(this.#former, webhook.target.figures);
    this.#webhooks.delete(name);
  }

  /** Begins with what waits from before. */
  start(): void {
    this.#started = true;
    for (const { target } of this.#webhooks.values()) target.wake();
  }

  wake(name: string): void {
    this.#webhooks.get(name)?.target.wake();
  }

  /** What is in flight is broken off and told again after the next start. */
  close(): void {
    for (const { target } of this.#webhooks.values()) target.close();
    this.#http.close();
  }

  async #post({ url, project, secret, authToken = null }: WebhookAddress, row: OutboxRow): Promise<PostResult> {
    const envelope = parseEnvelope(row.body);
    // Of another release, and nobody here can read it: waiting longer would help no one.
    if (!envelope) return { ok: true };
    const sent = requestOf(envelope, url, authToken);
    if (!sent) return { ok: true };
    if (sent === 'no-url') return { ok: false, reason: 'its URL is no http(s) URL', final: true };
    const { id } = envelope;
    const { body } = sent;
    const now = this.#options.clock.now();
    const headers = {
      ...sent.headers,
      'x-crosspoint-event-id': id,
      ...(secret !== null && { authorization: signatureOf({ secret, project, id, body, now }) }),
    };
    return this.#http.send({ ...sent, headers });
  }
}

/** null of an event that no webhook is told of. */
function requestOf(envelope: Envelope, url: URL | null, authToken: string | null): PostedRequest | 'no-url' | null {
  const { event } = envelope;
  if (event.type === 'applicationTold') return tellingRequest(event.telling, authToken) ?? 'no-url';
  const content = webhookBody(envelope);
  if (!content || !url) return null;
  return { method: 'POST', url, body: JSON.stringify(content), headers: { 'content-type': 'application/json' } };
}

function addTo(sum: { -readonly [Figure in keyof WebhookFigures]: number }, figures: WebhookFigures): void {
  sum.delivered += figures.delivered;
  sum.failed += figures.failed;
  sum.givenUp += figures.givenUp;
}
