import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { ErrorBody } from '../error-body.ts';
import { type CallDirectory, CallView } from '../ports.ts';
import { requireOperator } from './operator-auth.ts';

const CallList = Type.Object({ count: Type.Integer(), items: Type.Array(CallView) });
const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `GET /device/calls` and `GET /device/calls/{id}`: the live calls with their media figures, for the operator. */
export function deviceCallsRoutes(directory: CallDirectory, operatorToken: string): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get('/device/calls', { schema: { response: { 200: CallList, ...failures } } }, async () => {
      const items = [...(await directory.list())];
      return { count: items.length, items };
    });
    app.get(
      '/device/calls/:id',
      { schema: { params: CallPath, response: { 200: CallView, ...failures } } },
      async request => {
        const call = await directory.get(request.params.id);
        if (!call) throw new CrosspointError('call.unknown', 'There is no such live call');
        return call;
      },
    );
  };
}
