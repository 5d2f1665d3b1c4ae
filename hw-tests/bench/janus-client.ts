/** Janus's HTTP API (REST requests, events by long poll) as far as the bench needs it. */
export class JanusClient {
  readonly #url: string;
  readonly #ended = new AbortController();
  readonly #waiting = new Map<number, (event: PluginData) => void>();
  #asked = 0;

  /** @throws while nobody listens there yet */
  static async connect(url: string): Promise<JanusClient> {
    const { data } = await post(url, { janus: 'create', transaction: 'create' });
    return new JanusClient(`${url}/${data?.id}`);
  }

  private constructor(url: string) {
    this.#url = url;
    this.#poll().catch(() => {
      // close() ends it; requests tell of everything else.
    });
  }

  /** @returns the handle */
  async attach(plugin: string): Promise<number> {
    const { data } = await this.#post('', { janus: 'attach', plugin });
    if (data === undefined) throw new Error(`Janus attached nothing to ${plugin}`);
    return data.id;
  }

  /** A request that the plugin answers at once. */
  async ask(handle: number, body: object): Promise<PluginData> {
    const { plugindata } = await this.#post(`/${handle}`, { janus: 'message', body });
    return checked(plugindata?.data);
  }

  /** A request that the plugin answers by an event. */
  async askAsync(handle: number, body: object): Promise<PluginData> {
    const event = new Promise<PluginData>(resolve => this.#waiting.set(handle, resolve));
    await this.#post(`/${handle}`, { janus: 'message', body });
    return checked(await event);
  }

  close(): void {
    this.#ended.abort();
  }

  #post(path: string, message: object): Promise<Reply> {
    return post(this.#url + path, { ...message, transaction: `bench-${this.#asked++}` });
  }

  async #poll(): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.#url}?maxev=20`, { signal: this.#ended.signal });
      for (const { sender, plugindata } of [(await response.json()) as Reply | Reply[]].flat()) {
        if (sender === undefined || plugindata === undefined) continue;
        this.#waiting.get(sender)?.(plugindata.data);
        this.#waiting.delete(sender);
      }
    }
  }
}

export type PluginData = Readonly<Record<string, unknown>>;

interface Reply {
  readonly janus: string;
  readonly data?: { readonly id: number };
  readonly sender?: number;
  readonly plugindata?: { readonly data: PluginData };
  readonly error?: { readonly reason: string };
}

async function post(url: string, message: object): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(10_000),
  });
  const reply = (await response.json()) as Reply;
  if (reply.janus === 'error') throw new Error(`Janus refused: ${reply.error?.reason}`);
  return reply;
}

function checked(data: PluginData | undefined): PluginData {
  if (data === undefined || data.error !== undefined) throw new Error(`Janus refused: ${String(data?.error)}`);
  return data;
}
