import type { ChannelSocket } from './event-channel.ts';
import type { WireConnection, WireStream } from './wire.ts';

/** The box's end of one WebSocket. */
export class FakeSocket implements ChannelSocket {
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | undefined | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number): void {
    this.closedWith = code;
  }

  tell(n: number, message: object): void {
    this.onmessage?.({ data: JSON.stringify({ n, time: 0, ...message }) });
  }

  break(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason });
  }
}

export function wireConnection(id: string, more: Partial<WireConnection> = {}): WireConnection {
  return { id, createdAt: 0, data: '', kind: 'client', phone: null, ...more };
}

export function wireStream(id: string, connectionId: string, more: Partial<WireStream> = {}): WireStream {
  return {
    id,
    connectionId,
    createdAt: 0,
    name: '',
    videoType: null,
    videoDimensions: null,
    hasAudio: true,
    hasVideo: false,
    muted: false,
    ...more,
  };
}

export function connectedMessage(more: object = {}) {
  return {
    type: 'connected' as const,
    key: 'the-key',
    connection: wireConnection('me'),
    role: 'moderator',
    capabilities: {
      publish: true,
      subscribe: true,
      forceMute: true,
      forceDisconnect: true,
      forceUnpublish: true,
      dial: true,
    },
    connections: [wireConnection('me')],
    streams: [],
    muted: false,
    resumeSeconds: 30,
    ...more,
  };
}
