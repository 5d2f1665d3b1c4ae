import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';
import type { CallHold } from '../ports.ts';
import { emptyAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `POST /device/calls/{id}/hold` and `…/resume`: 204 when the far end has agreed. */
export function deviceHoldRoutes(calls: CallHold, operatorToken: string): FastifyPluginAsyncTypebox {
  const response = { 204: emptyAnswer('the far end has agreed'), '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    for (const [verb, on, summary] of [
      ['hold', true, 'Put the far end on hold'],
      ['resume', false, 'Take the far end back'],
    ] as const)
      app.post(
        `/device/calls/:id/${verb}`,
        { schema: { tags: ['calls'], summary, params: CallPath, response } },
        async (request, reply) => {
          await calls.hold(request.params.id, on);
          return reply.code(204).send();
        },
      );
  };
}
