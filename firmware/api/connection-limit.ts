import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { CrosspointError } from '../base/errors.ts';
import { rawConnection } from './listening/raw-connection.ts';

/** Connections beyond the limit that are still answered; those beyond them are dropped. */
const HEADROOM = 200;

/**
 * Bounds the open connections. A client past the limit is told so, with a body, since a connection that just breaks
 * ends the process of some SDKs (CONTRACT §0). One that has become a WebSocket takes no room of the others.
 *
 * @param webSockets how many of those there may be
 */
export function limitConnections(app: FastifyInstance, limit: number, webSockets: number): void {
  let open = 0;
  app.server.maxConnections = limit + HEADROOM + webSockets;
  app.server.on('connection', socket => {
    open++;
    socket.once('close', () => {
      if (!upgraded.delete(socket)) open--;
    });
  });
  const upgraded = new Set<Socket>();
  app.server.on('upgrade', ({ socket }) => {
    const connection = rawConnection(socket);
    if (upgraded.size >= webSockets || upgraded.has(connection)) return;
    upgraded.add(connection);
    open--;
  });
  app.addHook('onRequest', async (_request, reply) => {
    if (open <= limit) return;
    reply.header('connection', 'close');
    throw new CrosspointError('http.overloaded', 'The gateway has too many connections', { retriable: true });
  });
}
