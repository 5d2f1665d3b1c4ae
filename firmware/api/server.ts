import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { isCrosspointError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { HttpsIdentity } from '../https/identity.ts';
import { addBodyParsers } from './body-parsers.ts';
import { limitConnections } from './connection-limit.ts';
import { answerTo, type ErrorAnswer, ofClient } from './error-body.ts';
import { retryAfterOf } from './error-status.ts';
import { speakBothProtocols } from './listening/both-protocols.ts';
import { addPageHeaders } from './listening/page-headers.ts';
import { guardPlainHttp, type PlainHttp } from './listening/plain-http.ts';
import { rewriteUrl } from './rewrite-url.ts';

const BODY_LIMIT = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 1000;
/** Event channels, and those that are about to be one. */
const MAX_WEB_SOCKETS = 4200;
/** Longer than clients keep an idle connection: one that we drop under a request is fatal to some SDKs (CONTRACT §0). */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Session ids are about 100 characters. */
const MAX_PARAM_LENGTH = 300;

/** How the server's port is spoken to. */
export interface Speaking {
  /** Null: plain HTTP alone. */
  readonly https: HttpsIdentity | null;
  readonly plain: PlainHttp;
}

/** The HTTP server as every dialect expects it, without routes. */
export function createServer(log: Log, { https, plain }: Speaking): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: REQUEST_TIMEOUT_MS },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, caseSensitive: true },
    rewriteUrl: request => rewriteUrl(request.url ?? '/'),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = answerTo(error);
      (reply as FastifyReply).code(status).send(body);
    },
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  addBodyParsers(app);
  if (https) speakBothProtocols(app, https, log);
  limitConnections(app, MAX_CONNECTIONS, MAX_WEB_SOCKETS);
  guardPlainHttp(app, https ? plain : 'always');
  addPageHeaders(app);

  app.setNotFoundHandler((_request, reply) => {
    const { status, body } = ofClient(404, 'Not found');
    return reply.code(status).send(body);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, body } = answerTo(error);
    if (status >= 500 && body.error === 'http.internal')
      log.error(
        { method: request.method, route: request.routeOptions.url, problem: messageOf(error), stack: error.stack },
        'a request failed',
      );
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    const retryAfterS = isCrosspointError(error) ? retryAfterOf(error) : null;
    if (retryAfterS !== null) reply.header('retry-after', String(retryAfterS));
    return reply.code(status).send(body);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    log.debug(
      { method, route: routeOptions.url ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'http',
    );
  });
  return app;
}

/** Answers what is not HTTP, or too slow, or too large in its header, in the shape of every other error. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = answerToSocket(error.code);
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function answerToSocket(code: string | undefined): ErrorAnswer {
  if (code === 'HPE_HEADER_OVERFLOW') return answerTo({ statusCode: 431 });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return answerTo({ statusCode: 408 });
  return ofClient(400, 'The request is not valid HTTP');
}
