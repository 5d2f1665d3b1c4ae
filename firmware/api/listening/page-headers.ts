import type { FastifyInstance } from 'fastify';

/** What a page may do that says nothing else about itself: load from this box, and nowhere else. */
const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Headers that keep pages of the box to themselves. `Strict-Transport-Security` is not among them: it holds for the whole
 * host for months, and would shut out its user for good when the authority is made anew or the box goes back to plain
 * HTTP; and it is ignored for addresses anyway (RFC 6797 §8.1.1).
 */
export function addPageHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!String(reply.getHeader('content-type') ?? '').startsWith('text/html')) return;
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-frame-options', 'DENY');
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', POLICY);
  });
}
