import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { DeadLetterView, type WebhookDirectory, WebhookView } from '../../monitoring/webhooks/webhook-directory.ts';
import { ErrorBody } from '../error-body.ts';
import { requireOperator } from './operator-auth.ts';

const Target = Type.String({ minLength: 1, maxLength: 256, description: 'those of one webhook; absent: of all' });
const Page = Type.Object({
  target: Type.Optional(Target),
  after: Type.Optional(
    Type.Integer({ minimum: 0, description: 'behind the one with that id; default 0: from the oldest on' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'default 100' })),
});
const Choice = Type.Object(
  {
    target: Type.Optional(Target),
    ids: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), {
        minItems: 1,
        maxItems: 1000,
        description: 'these alone; absent: all',
      }),
    ),
  },
  { additionalProperties: false },
);
const Webhooks = Type.Object({ count: Type.Integer(), items: Type.Array(WebhookView) });
const DeadLetters = Type.Object({ count: Type.Integer(), items: Type.Array(DeadLetterView) });
const Replayed = Type.Object({ replayed: Type.Integer({ description: 'a thousand at most: ask again for more' }) });
const Deleted = Type.Object({ deleted: Type.Integer() });

const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
const tags = ['webhooks'];
const DEAD_LETTERS = '/device/webhooks/dead-letters';

/** Webhooks for the operator: how they fare, and what was given up of their events: to read, to tell again, to delete. */
export function deviceWebhooksRoutes(webhooks: WebhookDirectory, operatorToken: string): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/webhooks',
      { schema: { tags, summary: 'How webhooks fare', response: { 200: Webhooks, ...failures } } },
      async () => {
        const items = await webhooks.list();
        return { count: items.length, items };
      },
    );
    app.get(
      DEAD_LETTERS,
      {
        schema: {
          tags,
          summary: 'Events that were given up',
          querystring: Page,
          response: { 200: DeadLetters, ...failures },
        },
      },
      async ({ query: { target = null, after = 0, limit = 100 } }) => {
        const items = await webhooks.deadLetters(target, after, limit);
        return { count: items.length, items };
      },
    );
    app.post(
      `${DEAD_LETTERS}/replay`,
      {
        schema: {
          tags,
          summary: 'Tell them again, behind what waits',
          body: Choice,
          response: { 200: Replayed, ...failures },
        },
        // No body at all is the same as one without fields.
        preValidation: async request => {
          request.body ??= {};
        },
      },
      async ({ body }) => ({ replayed: await webhooks.replay(choiceOf(body)) }),
    );
    app.delete(
      DEAD_LETTERS,
      {
        schema: {
          tags,
          summary: 'Forget them',
          querystring: Type.Object({ target: Type.Optional(Target) }),
          response: { 200: Deleted, ...failures },
        },
      },
      async ({ query }) => ({ deleted: await webhooks.remove(choiceOf(query)) }),
    );
    app.delete(
      `${DEAD_LETTERS}/:id`,
      {
        schema: {
          tags,
          summary: 'Forget one of them',
          params: Type.Object({ id: Type.Integer({ minimum: 1, description: 'as the list has it' }) }),
          response: { 200: Deleted, ...failures },
        },
      },
      async ({ params: { id } }) => ({ deleted: await webhooks.remove(choiceOf({ ids: [id] })) }),
    );
  };
}

function choiceOf({ target, ids }: { target?: string; ids?: number[] }) {
  return { target: target ?? null, ids: ids ?? null };
}
