import { type Static, type TSchema, Type } from 'typebox';
import type { DeadLetter, DeadLetterChoice } from '../../store/rows.ts';
import type { Store } from '../../store/store.ts';
import { type Envelope, parseEnvelope } from '../envelope.ts';
import { webhookBody } from '../webhook-body.ts';
import type { Webhooks } from '../webhooks.ts';
import { webhookKinds } from './webhook-address.ts';

const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const Time = Type.Integer({ description: 'milliseconds since 1970' });

/** A webhook, as the operator sees it. Its URL may hold a password, so it is not shown. */
export const WebhookView = Type.Object({
  target: Type.String({ description: 'its name' }),
  project: Type.String(),
  kind: Type.Enum([...webhookKinds], {
    description: 'told of calls, of sessions, of what was registered for, or what scripts tell',
  }),
  host: nullable(Type.String(), 'of its URL, with the port; null where each event brings its own'),
  state: Type.Enum(['up', 'down'], { description: 'down: three failures in a row; one event at a time is tried' }),
  pending: Type.Integer({ description: 'events that wait for it' }),
  oldestAt: nullable(Time, 'when the oldest of these was recorded'),
  delivered: Type.Integer({ description: 'since the start of the service' }),
  failed: Type.Integer({ description: 'attempts, since the start of the service' }),
  givenUp: Type.Integer({ description: 'events, since the start of the service' }),
  deadLetters: Type.Integer({ description: 'events that were given up and can be replayed' }),
  lastError: nullable(Type.Object({ at: Time, reason: Type.String() }), 'null while none was seen'),
});
export type WebhookView = Static<typeof WebhookView>;

export const DeadLetterView = Type.Object({
  id: Type.Integer(),
  target: Type.String({ description: 'whom it was for' }),
  eventId: Type.String({ description: 'as in X-Crosspoint-Event-Id' }),
  recordedAt: Time,
  givenUpAt: Time,
  reason: Type.String({ description: 'what the last attempt came to' }),
  body: nullable(
    Type.Object({}, { additionalProperties: true }),
    'as it was sent; null of one that another release wrote',
  ),
});
export type DeadLetterView = Static<typeof DeadLetterView>;

export interface WebhookDirectoryOptions {
  readonly store: Pick<Store, 'backlogs' | 'deadLetters'>;
  readonly webhooks: Webhooks;
}

/** The webhooks of the box and what they did not take, for its operator. */
export class WebhookDirectory {
  readonly #options: WebhookDirectoryOptions;

  constructor(options: WebhookDirectoryOptions) {
    this.#options = options;
  }

  async list(): Promise<WebhookView[]> {
    const { store, webhooks } = this.#options;
    const backlogs = new Map((await store.backlogs()).map(backlog => [backlog.target, backlog]));
    return webhooks.list().map(({ name, address: { project, kind, url }, standing, figures }) => {
      const { pending = 0, oldest = null, deadLetters = 0 } = backlogs.get(name) ?? {};
      return {
        target: name,
        project,
        kind,
        host: url?.host ?? null,
        ...standing,
        pending,
        oldestAt: oldest,
        deadLetters,
        ...figures,
      };
    });
  }

  /** Oldest first, behind the one with that id. */
  async deadLetters(target: string | null, after: number, limit: number): Promise<DeadLetterView[]> {
    return (await this.#options.store.deadLetters.page(target, after, limit)).map(viewOf);
  }

  /** They wait for their webhooks again, a thousand at most. Answers how many. */
  async replay(choice: DeadLetterChoice): Promise<number> {
    const { store, webhooks } = this.#options;
    const replayed = await store.deadLetters.replay(choice);
    for (const { target } of replayed) webhooks.wake(target);
    return replayed.reduce((sum, { count }) => sum + count, 0);
  }

  remove(choice: DeadLetterChoice): Promise<number> {
    return this.#options.store.deadLetters.remove(choice);
  }
}

function viewOf({ id, target, event, recordedAt, buriedAt, reason, body }: DeadLetter): DeadLetterView {
  const envelope = parseEnvelope(body);
  return {
    id,
    target,
    eventId: event,
    recordedAt,
    givenUpAt: buriedAt,
    reason,
    body: envelope && bodyOf(envelope),
  };
}

/** What a script tells is shown without its URL, which may hold a password. */
function bodyOf(envelope: Envelope) {
  const { event } = envelope;
  return event.type === 'applicationTold' ? event.telling.fields : webhookBody(envelope);
}
