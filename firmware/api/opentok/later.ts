import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { failures } from './schemas.ts';

/** What the vendor has and the box does not (CONTRACT §1.10), by the first step of its path. */
const LATER = {
  broadcast: 'Broadcasts are',
  captions: 'Captions are',
  render: 'The Experience Composer is',
  connect: 'The Audio Connector is',
} as const;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const ApiKey = Type.String({ minLength: 1, maxLength: 256 });

/**
 * 501 in words, for whoever has a credential: an application that finds nothing there would look for its mistake in
 * the path.
 */
export function laterRoutes(): FastifyPluginAsyncTypebox {
  return async app => {
    for (const [step, what] of Object.entries(LATER)) {
      const handler = () => {
        throw new CrosspointError('http.not-implemented', `${what} not available on this box yet`);
      };
      for (const url of [`/v2/project/:apiKey/${step}`, `/v2/project/:apiKey/${step}/*`])
        app.route({
          method: [...METHODS],
          url,
          schema: { params: Type.Object({ apiKey: ApiKey }), response: failures },
          handler,
        });
    }
  };
}
