import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { CallMediaRecord } from '../../quality/call-media.ts';
import { ErrorBody } from '../error-body.ts';
import type { CallMediaReader } from '../ports.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

/** `GET /device/calls/{id}/media`: what was measured of the media of a call that is over. */
export function deviceCallMediaRoutes(records: CallMediaReader, operatorToken: string): FastifyPluginAsyncTypebox {
  const response = { 200: CallMediaRecord, '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/calls/:id/media',
      {
        schema: {
          tags: ['calls'],
          summary: 'What was measured of the media of a call that is over',
          params: CallPath,
          response,
        },
      },
      async request => {
        const record = await records.read(request.params.id);
        if (!record) throw new CrosspointError('call.unknown', 'There is no such call that was answered and is over');
        return record;
      },
    );
  };
}
