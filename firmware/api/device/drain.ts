import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';
import { requireOperator } from './operator-auth.ts';

export interface DrainDeps {
  readonly drain: { readonly on: boolean; set(on: boolean): void };
  /** How many calls there are. */
  readonly liveCalls: () => number;
  readonly operatorToken: string;
}

const State = Type.Object({
  draining: Type.Boolean({ description: 'new calls are refused' }),
  calls: Type.Integer({ description: 'that still go on' }),
});

/** `POST /device/drain`, `POST /device/resume`, `GET /device/drain`: for the operator, before work on the box. */
export function deviceDrainRoutes({ drain, liveCalls, operatorToken }: DrainDeps): FastifyPluginAsyncTypebox {
  const response = { 200: State, '4xx': ErrorBody, '5xx': ErrorBody };
  const state = () => ({ draining: drain.on, calls: liveCalls() });
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/drain',
      { schema: { tags: ['box'], summary: 'Whether the box takes new calls, and how many it has', response } },
      async () => state(),
    );
    for (const [verb, on, summary, description] of [
      [
        'drain',
        true,
        'Take no new calls',
        'Calls go on; new ones are refused with 503 and Retry-After, in SIP and HTTP, and /health says draining. It lasts until resume, or the next start.',
      ],
      ['resume', false, 'Take calls again', 'Ends a drain.'],
    ] as const)
      app.post(`/device/${verb}`, { schema: { tags: ['box'], summary, description, response } }, async () => {
        drain.set(on);
        return state();
      });
  };
}
