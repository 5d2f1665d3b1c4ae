import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../../base/log.ts';
import type { HttpsIdentity } from '../../https/identity.ts';
import { liesOn } from './raw-connection.ts';
import { tlsOptions } from './tls-options.ts';
import { WaitingRoom } from './waiting-room.ts';

/** RFC 8446 §5.1: the type of a handshake record, with which every TLS connection begins; no HTTP method does. */
const HANDSHAKE = 0x16;
/** A session that was resumed is only as secret as the key of its ticket. */
const TICKET_KEYS_MS = 24 * 3_600_000;

/**
 * Has a server's one port speak HTTPS beside plain HTTP: the first byte of a connection tells which. Requests and upgrades
 * of both reach the same handlers, where `socket.encrypted` tells them apart.
 *
 * Call it before anything else listens for the server's connections.
 */
export function speakBothProtocols(app: FastifyInstance, identity: HttpsIdentity, log: Log): void {
  const { server } = app;
  const speakHttp = httpOf(server);
  const room = new WaitingRoom();
  const tls = createServer({ ...tlsOptions(identity.shown), ALPNProtocols: ['http/1.1'] });
  // Strangers who do not get through are no news: scanners, and browsers that do not trust the authority yet.
  tls.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    log.debug({ code: error.code ?? null }, 'a TLS handshake failed');
    socket.destroy();
  });
  identity.onRenewed = shown => tls.setSecureContext(tlsOptions(shown));
  const rotation = rotateTicketKeys(tls);

  /** By the far end, which is what a TLS socket and the one below it have in common. */
  const shaking = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    room.enter(socket);
    socket.on('error', ignored);
    const drop = () => socket.destroy();
    socket.once('end', drop);
    socket.once('data', first => {
      socket.off('end', drop);
      socket.pause();
      socket.unshift(first);
      if (first[0] === HANDSHAKE) {
        const peer = peerOf(socket);
        shaking.set(peer, socket);
        socket.once('close', () => shaking.delete(peer));
        // By hand, as is documented for connections that the server has not accepted itself.
        tls.emit('connection', socket);
      } else {
        room.leave(socket);
        socket.off('error', ignored);
        speakHttp(socket);
        socket.resume();
      }
    });
  });
  tls.on('secureConnection', secured => {
    const socket = shaking.get(peerOf(secured));
    if (socket) {
      room.leave(socket);
      liesOn(secured, socket);
    }
    speakHttp(secured);
  });

  app.addHook('preClose', async () => {
    clearInterval(rotation);
    room.close();
  });
}

/** What Node's HTTP server does with a connection; from now on it is done only when it is asked for. */
function httpOf(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return socket => {
    for (const listener of listeners) listener.call(server, socket);
  };
}

function rotateTicketKeys(tls: TlsServer): NodeJS.Timeout {
  return setInterval(() => tls.setTicketKeys(randomBytes(48)), TICKET_KEYS_MS).unref();
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function ignored(): void {}
