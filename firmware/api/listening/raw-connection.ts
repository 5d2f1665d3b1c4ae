import type { Socket } from 'node:net';

const raw = new WeakMap<Socket, Socket>();

/** Notes which connection a TLS socket lies on. */
export function liesOn(secured: Socket, connection: Socket): void {
  raw.set(secured, connection);
}

/** The connection that the server has accepted, of the socket that a request or an upgrade came on. */
export function rawConnection(socket: Socket): Socket {
  return raw.get(socket) ?? socket;
}
