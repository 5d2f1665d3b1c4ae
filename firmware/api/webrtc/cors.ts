import type { FastifyReply, onRequestHookHandler } from 'fastify';

/** What a page may read of an answer beside its body. */
const EXPOSED =
  'Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After, Crosspoint-Connection, Crosspoint-Stream';
const ALLOWED_HEADERS = 'Authorization, Content-Type, If-Match, Crosspoint-Client';
const MAX_AGE_SECONDS = 86_400;

/** Pages of any origin may ask: the credential is a bearer token, which no browser adds by itself. */
export const allowAnyOrigin: onRequestHookHandler = async (_request, reply) => {
  reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', EXPOSED);
};

/** The answer to a preflight request, and to whoever asks what there is (RFC 9725 §4.2). */
export function answerOptions(reply: FastifyReply, methods: string): FastifyReply {
  return reply
    .code(204)
    .header('allow', methods)
    .header('access-control-allow-methods', methods)
    .header('access-control-allow-headers', ALLOWED_HEADERS)
    .header('access-control-max-age', MAX_AGE_SECONDS)
    .send();
}
