import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { applicationDecorator, authenticate } from './auth.ts';
import { createCallRoute } from './create-call.ts';
import type { VoiceDeps } from './deps.ts';
import { filesRoutes } from './files.ts';
import { listCallsRoutes } from './list-calls.ts';
import { modifyCallRoute } from './modify-call.ts';
import { playCallRoutes } from './play-call.ts';
import { asProblem } from './problem.ts';

/** The Vonage Voice API (CONTRACT §3.1): everything that an application's credential opens. */
export function voiceRoutes(deps: VoiceDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.decorateRequest(applicationDecorator, null);
    app.addHook('onRequest', authenticate(deps));
    app.addHook('preSerialization', asProblem);
    await app.register(createCallRoute(deps));
    await app.register(listCallsRoutes(deps));
    await app.register(modifyCallRoute(deps));
    await app.register(playCallRoutes(deps));
    await app.register(filesRoutes(deps));
  };
}
