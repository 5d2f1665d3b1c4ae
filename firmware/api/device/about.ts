import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';
import { CapacityView } from '../ports.ts';
import { requireOperator } from './operator-auth.ts';

export const AlertView = Type.Object({
  id: Type.String({ description: 'the same for the same trouble' }),
  severity: Type.Enum(['info', 'warning', 'critical'], {
    description: 'look at it some time; look at it today; calls suffer now',
  }),
  sentence: Type.String({ description: 'what is wrong, and what helps' }),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
    description: 'figures and names behind it',
  }),
  since: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type AlertView = Static<typeof AlertView>;

const Version = Type.Object({
  software: Type.String(),
  node: Type.String(),
  platform: Type.String({ description: 'operating system and architecture: linux-arm64' }),
  box: Type.String({ description: 'its name in MQTT topics and events' }),
  bootId: Type.String({ description: 'changes with every start of the service' }),
  startedAt: Type.Integer({ description: 'milliseconds since 1970' }),
});
/** What the box is. */
export type About = Omit<Static<typeof Version>, 'node' | 'platform'>;

export interface AboutDeps {
  readonly about: About;
  readonly capacity: () => CapacityView;
  readonly alerts: { list(): readonly AlertView[] };
  readonly operatorToken: string;
}

const tags = ['box'];

/** `GET /device/version`, `/device/capacity` and `/device/alerts`: for the operator. */
export function deviceAboutRoutes({ about, capacity, alerts, operatorToken }: AboutDeps): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  const AlertList = Type.Object({ count: Type.Integer(), items: Type.Array(AlertView) });
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/version',
      { schema: { tags, summary: 'What runs here, and since when', response: { 200: Version, ...failures } } },
      async () => ({ ...about, node: process.version, platform: `${process.platform}-${process.arch}` }),
    );
    app.get(
      '/device/capacity',
      {
        schema: {
          tags,
          summary: 'How many calls there are, and could be',
          response: { 200: CapacityView, ...failures },
        },
      },
      async () => capacity(),
    );
    app.get(
      '/device/alerts',
      {
        schema: {
          tags,
          summary: 'What somebody should look at, the oldest first',
          response: { 200: AlertList, ...failures },
        },
      },
      async () => {
        const items = alerts.list().map(alert => ({ ...alert, detail: { ...alert.detail } }));
        return { count: items.length, items };
      },
    );
  };
}
