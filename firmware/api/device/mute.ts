import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { CallMute } from '../ports.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `POST /device/calls/{id}/mute` and `…/unmute`: 204 when nobody, or everybody, hears its far end. */
export function deviceMuteRoutes(calls: CallMute, operatorToken: string): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    for (const [verb, on] of [
      ['mute', true],
      ['unmute', false],
    ] as const)
      app.post(`/device/calls/:id/${verb}`, { schema: { params: CallPath } }, async (request, reply) => {
        await calls.mute(request.params.id, on, 'operator');
        return reply.code(204).send();
      });
  };
}
