import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type TSchema, Type } from 'typebox';
import type { TrunkView } from '../../trunks/trunk-view.ts';
import { ErrorBody } from '../error-body.ts';
import { requireOperator } from './operator-auth.ts';

/** The trunks of the box, for its operator. */
export interface TrunkDirectory {
  list(): readonly TrunkView[];
  /** Null when there is none of that name. */
  get(name: string): TrunkView | null;
}

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = (description: string) => Type.Integer({ description: `${description}, milliseconds since 1970` });
const Health = Type.Enum(['up', 'down', 'unknown']);
const Reason = nullable(Type.String({ description: 'what was seen last where that was no success' }));

const Target = Type.Object({
  target: Type.String({ description: 'as configured; of a peer that registered, its Contact' }),
  state: Health,
  since: Time('when it got into that state'),
  reason: Reason,
  roundTripMs: nullable(Type.Number({ description: 'of the last OPTIONS that was answered' })),
});

const Registration = Type.Object({
  state: Type.Enum(['registering', 'registered', 'failed']),
  since: Time('when it got into that state'),
  expiresAt: nullable(Time('until when the peer knows us')),
  reason: Reason,
});

const Trunk = Type.Object({
  name: Type.String(),
  state: Health,
  since: Time('when it got into that state'),
  reason: Reason,
  targets: Type.Array(Target),
  registration: nullable(Registration),
  calls: Type.Object(
    { in: Type.Integer({ minimum: 0 }), out: Type.Integer({ minimum: 0 }) },
    { description: 'calls that there are now' },
  ),
  refused: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
    description: 'calls refused since the start, by the code of the error',
  }),
});

const TrunkList = Type.Object({ count: Type.Integer(), items: Type.Array(Trunk) });
const TrunkPath = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) });

/** `GET /device/trunks` and `GET /device/trunks/{name}`: how the trunks are, for the operator. */
export function deviceTrunksRoutes(trunks: TrunkDirectory, operatorToken: string): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/trunks',
      {
        schema: { tags: ['trunks'], summary: 'The trunks and their health', response: { 200: TrunkList, ...failures } },
      },
      async () => {
        const items = trunks.list().map(plain);
        return { count: items.length, items };
      },
    );
    app.get(
      '/device/trunks/:name',
      {
        schema: { tags: ['trunks'], summary: 'One trunk', params: TrunkPath, response: { 200: Trunk, ...failures } },
      },
      async (request, reply) => {
        const trunk = trunks.get(request.params.name);
        return trunk ? plain(trunk) : reply.callNotFound();
      },
    );
  };
}

/** The same with lists that the serialiser may take for its own. */
function plain(view: TrunkView) {
  return { ...view, targets: [...view.targets], refused: { ...view.refused } };
}
