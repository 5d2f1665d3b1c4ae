import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CapacityView, parts, type Readiness } from '../ports.ts';
import { missingParts } from '../readiness.ts';

const Health = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not-ready'), Type.Literal('draining')]),
  sip: Type.Boolean(),
  worker: Type.Boolean(),
  store: Type.Boolean(),
  capacity: CapacityView,
});

const NotReady = Type.Object({
  ...Health.properties,
  code: Type.Integer(),
  message: Type.String(),
  missing: Type.Array(Type.Enum([...parts])),
});

/** `GET /health`: whether the box takes work, what it lacks, and how much it could have. For everybody: it tells no secret. */
export function healthRoute(readiness: () => Readiness, capacity: () => CapacityView): FastifyPluginAsyncTypebox {
  return async app => {
    app.get(
      '/health',
      { config: { plainHttp: true }, schema: { response: { 200: Health, 503: NotReady } } },
      async (_request, reply) => {
        const current = readiness();
        const missing = missingParts(current);
        reply.header('cache-control', 'no-store');
        if (missing.length === 0 && !current.draining)
          return reply.send({ status: 'ready', ...current.ready, capacity: capacity() });
        const status = current.draining ? 'draining' : 'not-ready';
        const message = current.draining
          ? 'The gateway is draining: its calls go on, new ones are refused'
          : `The gateway is not ready: ${missing.join(', ')}`;
        return reply.code(503).send({ status, ...current.ready, capacity: capacity(), code: 503, message, missing });
      },
    );
  };
}
