import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';
import type { CallMute } from '../ports.ts';
import { emptyAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `POST /device/calls/{id}/mute` and `…/unmute`: 204 when nobody, or everybody, hears its far end. */
export function deviceMuteRoutes(calls: CallMute, operatorToken: string): FastifyPluginAsyncTypebox {
  const response = { 204: emptyAnswer('it is so'), '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    for (const [verb, on, summary] of [
      ['mute', true, 'Let nobody hear the far end'],
      ['unmute', false, 'Let everybody hear the far end again'],
    ] as const)
      app.post(
        `/device/calls/:id/${verb}`,
        { schema: { tags: ['calls'], summary, params: CallPath, response } },
        async (request, reply) => {
          await calls.mute(request.params.id, on, 'operator');
          return reply.code(204).send();
        },
      );
  };
}
