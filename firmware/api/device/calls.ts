import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { ErrorBody } from '../error-body.ts';
import { askedStates, type CallDirectory, type CallHangup, CallView } from '../ports.ts';
import { emptyAnswer } from './answers.ts';
import { callFilterKeys, filterOf } from './call-filter.ts';
import { requireOperator } from './operator-auth.ts';

const CallList = Type.Object({
  count: Type.Integer({ description: 'of this page' }),
  items: Type.Array(CallView),
  next: Type.Union([Type.String(), Type.Null()], { description: 'cursor of the next page; null: there is none' }),
});
const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const ListQuery = Type.Object({
  state: Type.Optional(
    Type.Enum([...askedStates], {
      description: 'default live; ended: those that are over; all: both; or live ones in one state',
    }),
  ),
  ...callFilterKeys,
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'of a page; default 100 where past calls are among them, else all',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
});

const tags = ['calls'];

/** `GET /device/calls`, `GET /device/calls/{id}` and `POST …/hangup`: live and past calls, for the operator. */
export function deviceCallsRoutes(
  directory: CallDirectory,
  calls: CallHangup,
  operatorToken: string,
): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/calls',
      {
        schema: {
          tags,
          summary: 'Calls, live and past',
          description:
            'Live ones first, those that began last first. A page with a rare filter may be short, or empty, and have a next one all the same.',
          querystring: ListQuery,
          response: { 200: CallList, ...failures },
        },
      },
      async ({ query }) => {
        const { state = 'live', limit = null, cursor = null } = query;
        const page = await directory.list({ ...filterOf(query), state, limit, cursor });
        return { count: page.items.length, items: [...page.items], next: page.next };
      },
    );
    app.get(
      '/device/calls/:id',
      {
        schema: {
          tags,
          summary: 'One call, live or past',
          description: 'With its stages, codecs, quality, problems, and what was wrong with it.',
          params: CallPath,
          response: { 200: CallView, ...failures },
        },
      },
      async request => {
        const call = await directory.get(request.params.id);
        if (!call) throw new CrosspointError('call.unknown', 'There is no such call, or it is no longer kept');
        return call;
      },
    );
    app.post(
      '/device/calls/:id/hangup',
      {
        schema: {
          tags,
          summary: 'End a call',
          description: 'CANCEL while it rings, BYE once it was answered. Answered when its end is recorded.',
          params: CallPath,
          response: { 204: emptyAnswer('it has ended'), ...failures },
        },
      },
      async (request, reply) => {
        await calls.hangupAnybodys(request.params.id);
        return reply.code(204).send();
      },
    );
  };
}
