import net from 'node:net';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** A TCP relay in front of the box: a network that a test can cut, in whichever way networks break. */
export class TcpRelay {
  readonly #server: net.Server;
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>();
  /** Whoever comes is turned away. */
  closed = false;

  /** @param at where it listens; default: a free port of loopback */
  static async open(target: Place, at: Place = { host: '127.0.0.1', port: 0 }): Promise<TcpRelay> {
    const relay = new TcpRelay(target);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen(at.port, at.host, resolve);
    });
    return relay;
  }

  private constructor({ host, port }: Place) {
    this.#server = net.createServer(client => {
      if (this.closed) {
        client.destroy();
        return;
      }
      const box = net.connect(port, host);
      const pair = [client, box] as const;
      this.#pairs.add(pair);
      for (const [from, to] of [
        [client, box],
        [box, client],
      ] as const) {
        from.on('error', () => {});
        from.on('close', () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
        from.pipe(to);
      }
    });
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nothing passes any more, and neither end is told: what is under way is lost. */
  swallow(): void {
    for (const [client, box] of this.#pairs) {
      box.unpipe(client);
      client.unpipe(box);
      box.resume();
      client.resume();
    }
  }

  /** Every connection is reset. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }
}
