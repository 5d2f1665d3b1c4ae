import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { type Callback, CallbackEvent, CallbackGroup } from '../../monitoring/webhooks/callback.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { failures, ProjectPath } from './schemas.ts';

const CALLBACKS = '/v2/project/:apiKey/callback';
const CallbackPath = Type.Object({
  ...ProjectPath.properties,
  callbackId: Type.String({ minLength: 1, maxLength: 256 }),
});
const Body = Type.Object({
  group: CallbackGroup,
  event: CallbackEvent,
  url: Type.String({ minLength: 1, maxLength: 2048 }),
});
const CallbackView = Type.Object({
  id: Type.String(),
  group: CallbackGroup,
  event: CallbackEvent,
  url: Type.String(),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
});

/** Registered callbacks (CONTRACT §1.11): `POST`, `GET …/callback`, `DELETE …/callback/{id}`. */
export function callbackRoutes({ callbacks }: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.post(
      CALLBACKS,
      { schema: { params: ProjectPath, body: Body, response: { 200: CallbackView, ...failures } } },
      async request => viewOf(await callbacks.register(projectOf(request).id, request.body)),
    );
    app.get(
      CALLBACKS,
      { schema: { params: ProjectPath, response: { 200: Type.Array(CallbackView), ...failures } } },
      async request => callbacks.list(projectOf(request).id).map(viewOf),
    );
    app.delete(`${CALLBACKS}/:callbackId`, { schema: { params: CallbackPath } }, async (request, reply) => {
      await callbacks.delete(projectOf(request).id, request.params.callbackId);
      return reply.code(204).send();
    });
  };
}

function viewOf({ id, group, event, url, createdAt }: Callback): Static<typeof CallbackView> {
  return { id, group, event, url, createdAt };
}
