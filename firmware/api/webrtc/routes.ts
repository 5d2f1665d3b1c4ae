import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { allowAnyOrigin } from './cors.ts';
import type { WebrtcDeps } from './deps.ts';
import { endpointRoutes } from './endpoint.ts';
import { addSdpParsers } from './media-types.ts';
import { resourceRoutes } from './resource.ts';

/** WHIP and WHEP (docs/webrtc.md); nothing where it is switched off. */
export function webrtcRoutes(deps: WebrtcDeps): FastifyPluginAsyncTypebox {
  const { peers } = deps;
  return async app => {
    if (peers === null) return;
    addSdpParsers(app);
    app.addHook('onRequest', allowAnyOrigin);
    await app.register(endpointRoutes({ ...deps, peers }));
    await app.register(resourceRoutes(peers, 'whip'));
    await app.register(resourceRoutes(peers, 'whep'));
  };
}
