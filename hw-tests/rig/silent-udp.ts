import dgram from 'node:dgram';
import { closeUdp } from './udp-socket.ts';

/** A port where everything arrives and nothing is said. */
export class SilentUdp {
  received = 0;
  readonly #socket = dgram.createSocket('udp4');

  static async open(host = '127.0.0.1'): Promise<SilentUdp> {
    const silent = new SilentUdp();
    silent.#socket.on('message', () => {
      silent.received++;
    });
    await new Promise<void>(bound => silent.#socket.bind(0, host, bound));
    return silent;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): Promise<void> {
    return closeUdp(this.#socket);
  }
}
