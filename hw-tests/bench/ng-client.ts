import dgram from 'node:dgram';
import { once } from 'node:events';
import { within } from '../rig/until.ts';
import { type Bencoded, bdecode, bencode } from './bencode.ts';

const ANSWER_MS = 5_000;

type Dictionary = Readonly<Record<string, Bencoded>>;

/** rtpengine's NG protocol over UDP: a cookie, a space, a bencoded dictionary; one question at a time. */
export class NgClient {
  readonly #socket: dgram.Socket;
  #asked = 0;

  static async connect(port: number): Promise<NgClient> {
    const socket = dgram.createSocket('udp4');
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new NgClient(socket);
  }

  private constructor(socket: dgram.Socket) {
    this.#socket = socket;
  }

  /** @throws with rtpengine's reason when it refuses, or when it does not answer */
  async ask(question: Dictionary): Promise<Dictionary> {
    const cookie = `bench-${process.pid}-${this.#asked++}`;
    const answer = within(ANSWER_MS, `rtpengine's answer to ${String(question.command)}`, this.#answerTo(cookie));
    this.#socket.send(`${cookie} ${bencode(question)}`);
    const fields = await answer;
    if (fields.result !== 'ok' && fields.result !== 'pong')
      throw new Error(`rtpengine refused: ${String(fields['error-reason'] ?? fields.result)}`);
    return fields;
  }

  async #answerTo(cookie: string): Promise<Dictionary> {
    for (;;) {
      const [datagram] = (await once(this.#socket, 'message')) as [Buffer];
      const space = datagram.indexOf(' ');
      if (datagram.toString('latin1', 0, space) !== cookie) continue;
      const fields = bdecode(datagram.subarray(space + 1));
      if (typeof fields !== 'object' || Array.isArray(fields)) throw new Error('rtpengine: not a dictionary');
      return fields as Dictionary;
    }
  }

  close(): void {
    this.#socket.close();
  }
}
