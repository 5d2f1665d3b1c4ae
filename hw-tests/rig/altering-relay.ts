import type dgram from 'node:dgram';
import { bindUdp, closeUdp } from './udp-socket.ts';

interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Somebody between a box and a far end who changes what the far end says: SIP over UDP goes to `target` through it, and
 * each message that comes back is rewritten on its way.
 */
export class AlteringRelay {
  readonly #front: dgram.Socket;
  readonly #back: dgram.Socket;

  /** @param at where the box finds it */
  static async open(at: Place, target: Place, alter: (message: string) => string): Promise<AlteringRelay> {
    return new AlteringRelay(await bindUdp(at.host, at.port), await bindUdp(at.host), target, alter);
  }

  private constructor(front: dgram.Socket, back: dgram.Socket, target: Place, alter: (message: string) => string) {
    this.#front = front;
    this.#back = back;
    let box: Place | undefined;
    front.on('message', (message, { address, port }) => {
      box = { host: address, port };
      back.send(message, target.port, target.host);
    });
    back.on('message', message => {
      if (box) front.send(alter(message.toString('utf8')), box.port, box.host);
    });
  }

  async close(): Promise<void> {
    await Promise.all([closeUdp(this.#front), closeUdp(this.#back)]);
  }
}
