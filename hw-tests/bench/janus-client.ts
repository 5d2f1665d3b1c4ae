import { once } from 'node:events';
import { WebSocket } from 'ws';
import { within } from '../rig/until.ts';

const LIMIT_MS = 10_000;

/** One session of Janus's API over its WebSocket, as far as the bench needs it. */
export class JanusClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (reply: Reply) => boolean>();
  #session = 0;
  #asked = 0;

  /** @throws while nobody listens there yet */
  static async connect(url: string): Promise<JanusClient> {
    const socket = new WebSocket(url, 'janus-protocol');
    await once(socket, 'open');
    const client = new JanusClient(socket);
    client.#session = (await client.#request({ janus: 'create' })).data?.id ?? 0;
    return client;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', data => {
      const reply = JSON.parse(String(data)) as Reply;
      const { transaction = '' } = reply;
      // What comes of itself is of no interest here.
      if (this.#waiting.get(transaction)?.(reply)) this.#waiting.delete(transaction);
    });
  }

  /** @returns the handle */
  async attach(plugin: string): Promise<number> {
    const { data } = await this.#request({ janus: 'attach', plugin });
    if (data === undefined) throw new Error(`Janus attached nothing to ${plugin}`);
    return data.id;
  }

  /** A request that the plugin answers, at once or by an event. */
  async ask(handle: number, body: object, jsep?: Jsep): Promise<Answered> {
    const reply = await this.#request({ janus: 'message', handle_id: handle, body, ...(jsep && { jsep }) });
    const data = reply.plugindata?.data;
    if (data === undefined || data.error !== undefined) throw new Error(`Janus refused: ${String(data?.error)}`);
    return { data, sdp: reply.jsep?.sdp ?? '' };
  }

  close(): void {
    this.#socket.close();
  }

  /** @throws what Janus refuses */
  async #request(message: object): Promise<Reply> {
    const transaction = `bench-${this.#asked++}`;
    const replied = new Promise<Reply>(resolve =>
      this.#waiting.set(transaction, reply => {
        if (reply.janus === 'ack') return false;
        resolve(reply);
        return true;
      }),
    );
    this.#socket.send(JSON.stringify({ ...message, ...(this.#session && { session_id: this.#session }), transaction }));
    const reply = await within(LIMIT_MS, 'an answer of Janus', replied);
    if (reply.janus === 'error') throw new Error(`Janus refused: ${reply.error?.reason}`);
    return reply;
  }
}

export interface Jsep {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

export type PluginData = Readonly<Record<string, unknown>>;

export interface Answered {
  readonly data: PluginData;
  /** '' where there is none. */
  readonly sdp: string;
}

interface Reply {
  readonly janus: string;
  readonly transaction?: string;
  readonly data?: { readonly id: number };
  readonly plugindata?: { readonly data: PluginData };
  readonly jsep?: Jsep;
  readonly error?: { readonly reason: string };
}
