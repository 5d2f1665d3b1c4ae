import type { FastifyPluginAsync } from 'fastify';
import { DOCS_STYLE_HASH, docsPage } from './docs-page.ts';
import type { ApiDocument } from './openapi-document.ts';

const POLICY = `default-src 'none'; style-src '${DOCS_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * `GET /device/openapi.json` and `GET /device/docs`, for everybody: a browser cannot send the token by itself, and they say
 * nothing that the public repository does not.
 */
export function deviceDocsRoutes(): FastifyPluginAsync {
  return async app => {
    const hidden = { schema: { hide: true } };
    let page: string | null = null;
    app.get('/device/openapi.json', hidden, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').send(app.swagger()),
    );
    app.get('/device/docs', hidden, async (_request, reply) => {
      page ??= docsPage(app.swagger() as unknown as ApiDocument);
      reply.header('content-security-policy', POLICY).header('cache-control', 'no-cache');
      return reply.type('text/html; charset=utf-8').send(page);
    });
  };
}
