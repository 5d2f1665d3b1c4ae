import type { FastifyPluginAsync } from 'fastify';
import { messageOf } from '../../base/errors.ts';
import { accountDecorator, authenticate } from './auth.ts';
import { callRoutes } from './calls.ts';
import type { TwilioDeps } from './deps.ts';
import { twilioErrorOf, unknownResource } from './errors.ts';
import { Form } from './form.ts';
import { API_VERSION } from './leader.ts';
import { recordingRoutes } from './recordings.ts';

/** The Twilio API of the box: everything below one account, opened by its token. */
export function twilioRoutes(deps: TwilioDeps): FastifyPluginAsync {
  return async outer => {
    await outer.register(
      async app => {
        app.decorateRequest(accountDecorator, null);
        app.removeAllContentTypeParsers();
        app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
          try {
            done(null, Form.read(String(body)));
          } catch (error) {
            done(error as Error);
          }
        });
        app.addHook('onRequest', authenticate(deps.projects));
        app.addHook('preHandler', async request => {
          if (request.method === 'POST') request.body ??= Form.read('');
        });
        app.setErrorHandler((error, request, reply) => {
          const body = twilioErrorOf(error);
          if (body.status >= 500 && body.code === 20_500)
            deps.log.error({ route: request.routeOptions.url, problem: messageOf(error) }, 'a request failed');
          return reply.code(body.status).send(body);
        });
        callRoutes(app, deps);
        recordingRoutes(app, deps);
        for (const method of ['GET', 'POST', 'DELETE'] as const)
          app.route({
            method,
            url: '/*',
            handler: () => {
              throw unknownResource();
            },
          });
      },
      { prefix: `/${API_VERSION}/Accounts/:account` },
    );
  };
}
