import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { WebSocket } from 'ws';
import { CrosspointError } from '../../base/errors.ts';
import type { ChannelSocket } from './channel.ts';
import type { Channels } from './channels.ts';
import { SUBPROTOCOL } from './messages.ts';

/** Room for a token, or for a signal of 8 kB that JSON makes longer. */
const MAX_MESSAGE_BYTES = 16 * 1024;
/** How long a client has to answer a close frame. */
const CLOSE_MS = 5_000;
/** Codes with which a client leaves: it closed the channel, or the page is gone. */
const LEAVING: ReadonlySet<number> = new Set([1000, 1001]);

/** What routes with a WebSocket need; to be registered before them. */
export function acceptWebSockets(app: FastifyInstance): void {
  const options = {
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    closeTimeout: CLOSE_MS,
    handleProtocols: (protocols: Set<string>) => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } as const;
  app.register(websocket, { options });
}

/**
 * `GET /v2/session/{sessionId}/events` (docs/webrtc.md). Any origin may connect: the credential is in the first message,
 * and no browser adds it by itself.
 */
export function eventsRoute(channels: Channels): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onClose', async () => channels.close());
    app.get(
      '/v2/session/:sessionId/events',
      {
        websocket: true,
        schema: { params: Type.Object({ sessionId: Type.String({ minLength: 1, maxLength: 256 }) }) },
        preValidation: async request => {
          const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',');
          if (!offered.some(each => each.trim() === SUBPROTOCOL))
            throw new CrosspointError('http.bad-request', `The subprotocol must be ${SUBPROTOCOL}`);
        },
      },
      (socket, request) => join(channels, request.params.sessionId, socket),
    );
  };
}

function join(channels: Channels, session: string, socket: WebSocket): void {
  // A socket that breaks closes next; nothing else is to be done about it.
  socket.on('error', () => {});
  const events = channels.opened(session, socketOf(socket));
  socket.on('message', (data, isBinary) => events.message(isBinary ? '' : String(data)));
  socket.on('close', code => events.closed(LEAVING.has(code)));
}

function socketOf(socket: WebSocket): ChannelSocket {
  return {
    send: text => socket.send(text, () => {}),
    close: (code, why) => socket.close(code, why),
    get unreadBytes() {
      return socket.bufferedAmount;
    },
  };
}
