import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CrosspointError } from '../../base/errors.ts';
import { addressMatcher } from '../../config/address.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For everybody over plain HTTP too, whatever `http.plain` says: it carries no credential either way. */
    plainHttp?: boolean;
  }
}

/** Who may speak plain HTTP. */
export type PlainHttp = 'always' | 'loopback' | 'never';

const isLoopback = addressMatcher(['127.0.0.0/8', '::1']);
/** `Host` (RFC 9110 §7.2) as far as a redirect may repeat it. */
const HOST = /^(?:[0-9A-Za-z.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/**
 * Keeps credentials out of plain HTTP: who opens a page is sent to https, who calls the API is told to use it. That is not
 * a 403, which the vendors' SDKs take for a wrong secret (CONTRACT §1.4).
 */
export function guardPlainHttp(app: FastifyInstance, plain: PlainHttp): void {
  if (plain === 'always') return;
  app.addHook('onRequest', async (request, reply) => {
    if (isSecured(request) || request.routeOptions.config?.plainHttp) return;
    if (plain === 'loopback' && isLoopback(request.socket.remoteAddress ?? '')) return;
    const { host = '' } = request.headers;
    if (opensPage(request) && HOST.test(host)) {
      // Not for good: the operator may allow plain HTTP again.
      reply.header('cache-control', 'no-store').header('connection', 'close');
      return reply.redirect(`https://${host}${request.url}`, 307);
    }
    // RFC 9110 §15.5.22 wants Upgrade; RFC 2817 is why it names TLS.
    reply.header('upgrade', 'TLS/1.2, HTTP/1.1').header('connection', 'upgrade, close');
    throw new CrosspointError(
      'http.needs-tls',
      'This gateway takes requests over https only; see http.plain of its configuration, and /trust for its certificate',
    );
  });
}

function isSecured({ socket }: FastifyRequest): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Browsers say so of what is typed, and of links; SDKs and scripts of applications do not. */
function opensPage({ method, headers: { accept = '' } }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && /(^|[,\s])text\/html($|[;,\s])/.test(accept);
}
