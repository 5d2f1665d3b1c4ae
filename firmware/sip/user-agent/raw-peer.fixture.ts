import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { SipParseError } from '../message/errors.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { serialise } from '../message/serialise.ts';
import { createResponse, type ResponseParts } from '../transaction/response.ts';

type Wanted = (message: SipMessage) => boolean;

/** How long a test waits for a message before it fails: far longer than loopback takes. */
const PATIENCE_MS = 5000;

/** A UDP socket that says exactly what a test tells it to, and remembers what it heard. */
export class RawPeer {
  readonly received: SipMessage[] = [];
  readonly #socket = createSocket('udp4');
  #taken = 0;
  #wake: (() => void) | null = null;
  #port = 0;

  async start(): Promise<this> {
    this.#socket.on('message', datagram => {
      const message = readable(datagram);
      if (message) this.received.push(message);
      this.#wake?.();
    });
    await new Promise<void>(bound => this.#socket.bind(0, '127.0.0.1', bound));
    this.#port = (this.#socket.address() as AddressInfo).port;
    return this;
  }

  get port(): number {
    return this.#port;
  }

  send(message: SipMessage | string | Buffer, port: number): void {
    const bytes = typeof message === 'string' || Buffer.isBuffer(message) ? message : serialise(message);
    this.#socket.send(bytes, port, '127.0.0.1');
  }

  /** The next message, in order of arrival, that fits; those before it are passed over. */
  async next(wanted: Wanted): Promise<SipMessage> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    const late = new Promise<never>((_, fail) => {
      deadline.addEventListener('abort', () => fail(new Error('no such message came')), { once: true });
    });
    late.catch(() => {});
    for (;;) {
      while (this.#taken < this.received.length) {
        const message = this.received[this.#taken++]!;
        if (wanted(message)) return message;
      }
      const heard = new Promise<void>(wake => {
        this.#wake = wake;
      });
      await Promise.race([heard, late]);
    }
  }

  async request(method: string): Promise<SipRequest> {
    return (await this.next(each => each.kind === 'request' && each.method === method)) as SipRequest;
  }

  async response(status: number): Promise<SipResponse> {
    return (await this.next(each => each.kind === 'response' && each.status === status)) as SipResponse;
  }

  answer(request: SipRequest, status: number, port: number, parts: ResponseParts = {}): void {
    const contact = ['Contact', `<sip:raw@127.0.0.1:${this.#port}>`] as const;
    this.send(createResponse(request, status, { toTag: 'raw', headers: [contact], ...parts }), port);
  }

  /** A request as text; `extra` are whole lines. An INVITE that begins a call has an offer, unless `body` is ''. */
  requestText(method: string, options: RequestText = {}): string {
    const {
      callId = 'raw-call',
      cseq = 1,
      branch = `z9hG4bK${method}${cseq}`,
      fromTag = 'raw',
      toTag,
      body = method === 'INVITE' && !options.toTag ? 'v=0\r\n' : '',
      extra = [],
    } = options;
    const typed = body === '' || extra.some(line => line.startsWith('Content-Type'));
    const lines = [
      `${method} sip:${options.user ?? 'room'}@127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.#port};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: <sip:raw@127.0.0.1>;tag=${fromTag}`,
      `To: <sip:room@127.0.0.1>${toTag ? `;tag=${toTag}` : ''}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:raw@127.0.0.1:${this.#port}>`,
      ...(typed ? extra : [...extra, 'Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
    ];
    return `${lines.join('\r\n')}\r\n\r\n${body}`;
  }

  async close(): Promise<void> {
    await new Promise<void>(done => this.#socket.close(done));
  }
}

/** Null for the answer to a request that cannot be read: what it copies from that may not be readable either. */
function readable(datagram: Buffer): SipMessage | null {
  try {
    return parseMessage(datagram);
  } catch (error) {
    if (error instanceof SipParseError) return null;
    throw error;
  }
}

export interface RequestText {
  callId?: string;
  cseq?: number;
  branch?: string;
  fromTag?: string;
  toTag?: string;
  user?: string;
  extra?: string[];
  body?: string;
}
