import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { archiveRoutes } from './archive.ts';
import { authenticate, projectDecorator } from './auth.ts';
import { callbackRoutes } from './callback.ts';
import { connectionRoute } from './connection.ts';
import type { OpentokDeps } from './deps.ts';
import { dialRoute } from './dial.ts';
import { laterRoutes } from './later.ts';
import { muteRoutes } from './mute.ts';
import { playDtmfRoutes } from './play-dtmf.ts';
import { sessionCreateRoute } from './session-create.ts';
import { signalRoutes } from './signal.ts';
import { streamRoutes } from './stream.ts';

/** Everything that a project's credential opens. */
export function opentokRoutes(deps: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.decorateRequest(projectDecorator, null);
    app.addHook('onRequest', authenticate(deps));
    await app.register(sessionCreateRoute(deps));
    await app.register(dialRoute(deps));
    await app.register(connectionRoute(deps));
    await app.register(playDtmfRoutes(deps));
    await app.register(streamRoutes(deps));
    await app.register(muteRoutes(deps));
    await app.register(signalRoutes(deps));
    await app.register(archiveRoutes(deps));
    await app.register(callbackRoutes(deps));
    await app.register(laterRoutes());
  };
}
