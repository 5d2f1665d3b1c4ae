import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { logLevels } from '../../base/log.ts';
import type { LogLevelSwitch } from '../../base/log-level.ts';
import { ErrorBody } from '../error-body.ts';
import { requireOperator } from './operator-auth.ts';

const Level = Type.Enum([...logLevels], { description: 'the least severe line that is written' });

const State = Type.Object({
  level: Level,
  until: Type.Union([Type.Integer(), Type.Null()], {
    description: 'when it goes back to logLevel of the configuration, milliseconds since 1970; null: it stays',
  }),
});

const Change = Type.Object(
  {
    level: Level,
    seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        description: 'after which it goes back to that of the configuration; absent: it stays until the next start',
      }),
    ),
  },
  { additionalProperties: false },
);

const tags = ['box'];

/** `GET /device/log-level` and `PUT`: how much the box logs, for the operator; without a restart. */
export function deviceLogLevelRoutes(level: LogLevelSwitch, operatorToken: string): FastifyPluginAsyncTypebox {
  const response = { 200: State, '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/log-level',
      { schema: { tags, summary: 'How much the box logs', response } },
      async () => level.state,
    );
    app.put(
      '/device/log-level',
      { schema: { tags, summary: 'Change how much it logs, for good or for a while', body: Change, response } },
      async request => {
        level.set(request.body.level, request.body.seconds ?? null);
        return level.state;
      },
    );
  };
}
