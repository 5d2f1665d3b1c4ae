import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { BrowserFile } from './browser-files.ts';

/** Asked for again each time, and then mostly answered with 304: a box that was updated is used as it is now. */
const CACHE_CONTROL = 'public, no-cache';

/** The agent page loads from the box alone, runs nothing inline, and is shown in no frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  'permissions-policy': 'microphone=(self), camera=()',
  'referrer-policy': 'no-referrer',
};

/** Pages of other origins load the SDK. */
const SCRIPT_HEADERS = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** `GET /client/…`, the browser SDK, and `GET /agent`, a page that uses it. They hold no secret and ask for none. */
export function browserRoutes(files: readonly BrowserFile[]): FastifyPluginAsyncTypebox {
  return async app => {
    for (const { url, type, body, compressed, etag } of files) {
      app.get(url, async (request, reply) => {
        const { 'if-none-match': known, 'accept-encoding': encodings } = request.headers;
        reply.headers({
          'cache-control': CACHE_CONTROL,
          etag,
          vary: 'accept-encoding',
          'x-content-type-options': 'nosniff',
        });
        reply.headers(url.startsWith('/agent') ? PAGE_HEADERS : SCRIPT_HEADERS);
        if (known?.split(',').some(each => each.trim().replace(/^W\//, '') === etag)) return reply.code(304).send();
        reply.type(type);
        if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(encodings ?? ''))) return reply.send(body);
        return reply.header('content-encoding', 'gzip').send(compressed);
      });
    }
  };
}
