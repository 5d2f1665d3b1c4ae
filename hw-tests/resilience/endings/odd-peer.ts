import type dgram from 'node:dgram';
import type { SipRequest, SipResponse } from '../../../firmware/sip/message/message.ts';
import { tagOf } from '../../../firmware/sip/message/name-addr.ts';
import { parseMessage } from '../../../firmware/sip/message/parse.ts';
import { serialise } from '../../../firmware/sip/message/serialise.ts';
import { createResponse, type ResponseParts } from '../../../firmware/sip/transaction/response.ts';
import { bindUdp, closeUdp } from '../../rig/udp-socket.ts';

/** How it takes an INVITE: by the user that is called. */
export type Oddity = 'silent' | 'mute' | 'dead' | 'wrong' | 'crossing' | 'fork';

const SDP = 'v=0\r\ns=odd\r\n';

/**
 * A peer that does what a well-behaved stack would not: it says nothing (`silent`), only 100 (`mute`), dies once it has
 * answered (`dead`), refuses every password (`wrong`), answers 200 when it is cancelled (`crossing`), answers twice as
 * two phones behind a proxy (`fork`); as a caller it never acknowledges.
 */
export class OddPeer {
  readonly port: number;
  /** Of `fork` and `crossing`: dialogs that were acknowledged, and ended by BYE, by our tag. */
  readonly acknowledged = new Set<string>();
  readonly ended = new Set<string>();
  readonly #socket: dgram.Socket;
  /** INVITEs of `crossing` that wait for their CANCEL, by Call-ID. */
  readonly #crossing = new Map<string, SipRequest>();
  /** Told when a BYE ends the call that it made, by Call-ID. */
  readonly #bye = new Map<string, () => void>();
  #count = 0;

  static async open(): Promise<OddPeer> {
    return new OddPeer(await bindUdp('127.0.0.1'));
  }

  private constructor(socket: dgram.Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (datagram, { port }) => {
      const message = parseMessage(datagram);
      if (message.kind === 'request') this.#request(message, port);
    });
  }

  /** Calls, takes the 200 without a word. Resolves when the callee has given up and its BYE was answered. */
  callWithoutAck(port: number): Promise<void> {
    const id = `odd-${this.port}-${++this.#count}`;
    const invite = [
      `INVITE sip:talk@127.0.0.1:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${id};rport`,
      'Max-Forwards: 70',
      `From: <sip:odd@127.0.0.1>;tag=${id}`,
      `To: <sip:talk@127.0.0.1:${port}>`,
      `Call-ID: ${id}`,
      'CSeq: 1 INVITE',
      `Contact: <sip:odd@127.0.0.1:${this.port}>`,
      'Content-Type: application/sdp',
      `Content-Length: ${SDP.length}`,
    ];
    this.#socket.send(`${invite.join('\r\n')}\r\n\r\n${SDP}`, port, '127.0.0.1');
    return new Promise(done => this.#bye.set(id, done));
  }

  close(): Promise<void> {
    return closeUdp(this.#socket);
  }

  #request(request: SipRequest, port: number): void {
    const callId = request.headers.get('Call-ID') ?? '';
    const tag = tagOf(request.headers.get('To') ?? '');
    const send = (answer: SipResponse) => this.#socket.send(serialise(answer), port, '127.0.0.1');
    const oddity = /^sip:(\w+)@/.exec(request.uri)?.[1] as Oddity;
    switch (request.method) {
      case 'INVITE':
        this.#invite(request, oddity, callId, send);
        break;
      case 'CANCEL':
        send(createResponse(request, 200));
        if (this.#crossing.has(callId)) send(this.#success(this.#crossing.get(callId) as SipRequest, `late-${callId}`));
        this.#crossing.delete(callId);
        break;
      case 'ACK':
        if (oddity !== 'dead') this.acknowledged.add(tag ?? '');
        break;
      case 'BYE':
        if (oddity === 'dead') break;
        this.ended.add(tag ?? '');
        send(createResponse(request, 200));
        this.#bye.get(callId)?.();
        this.#bye.delete(callId);
        break;
    }
  }

  #invite(request: SipRequest, oddity: Oddity, callId: string, send: (answer: SipResponse) => void): void {
    const challenge = ['WWW-Authenticate', `Digest realm="odd", nonce="${this.#count++}", qop="auth"`] as const;
    switch (oddity) {
      case 'silent':
        break;
      case 'mute':
        send(createResponse(request, 100));
        break;
      case 'dead':
        send(this.#success(request, `dead-${callId}`, oddity));
        break;
      case 'wrong':
        send(createResponse(request, 401, { toTag: 'wrong', headers: [challenge] }));
        break;
      case 'crossing':
        this.#crossing.set(callId, request);
        send(createResponse(request, 180, { toTag: `late-${callId}` }));
        break;
      case 'fork':
        send(this.#success(request, `first-${callId}`));
        send(this.#success(request, `second-${callId}`));
        break;
    }
  }

  #success(request: SipRequest, toTag: string, user = 'odd'): SipResponse {
    const headers = [
      ['Contact', `<sip:${user}@127.0.0.1:${this.port}>`],
      ['Content-Type', 'application/sdp'],
    ] as const;
    const parts: ResponseParts = { toTag, headers, body: Buffer.from(SDP) };
    return createResponse(request, 200, parts);
  }
}
