import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { CallHold } from '../ports.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `POST /device/calls/{id}/hold` and `…/resume`: 204 when the far end has agreed. */
export function deviceHoldRoutes(calls: CallHold, operatorToken: string): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    for (const [verb, on] of [
      ['hold', true],
      ['resume', false],
    ] as const)
      app.post(`/device/calls/:id/${verb}`, { schema: { params: CallPath } }, async (request, reply) => {
        await calls.hold(request.params.id, on);
        return reply.code(204).send();
      });
  };
}
