import { randomBytes } from 'node:crypto';
import type dgram from 'node:dgram';
import { bindUdp, closeUdp } from './udp-socket.ts';

/** A UDP socket that sends and keeps SIP text as it is: for what no well-behaved phone would do. */
export class RawSip {
  readonly host: string;
  readonly port: number;
  readonly received: string[] = [];
  readonly #socket: dgram.Socket;
  readonly #remote: { readonly host: string; readonly port: number };

  static async open(remote: { host: string; port: number }, host = '127.0.0.1'): Promise<RawSip> {
    return new RawSip(await bindUdp(host), remote, host);
  }

  private constructor(socket: dgram.Socket, remote: { host: string; port: number }, host: string) {
    this.#socket = socket;
    this.#remote = remote;
    this.host = host;
    this.port = socket.address().port;
    socket.on('message', datagram => this.received.push(datagram.toString('utf8')));
  }

  send(message: string | Buffer): void {
    this.#socket.send(message, this.#remote.port, this.#remote.host);
  }

  /** A well-formed request; the parts that a test is about may be given. */
  request(
    method: string,
    user: string,
    change: { callId?: string; branch?: string; body?: string; toTag?: string; cseq?: number } = {},
  ): string {
    const { host, port } = this.#remote;
    const uri = `sip:${user}@${host}:${port}`;
    const body = change.body ?? '';
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.host}:${this.port};branch=${change.branch ?? newBranch()};rport`,
      'Max-Forwards: 70',
      `From: <sip:raw@${this.host}:${this.port}>;tag=raw`,
      `To: <${uri}>${change.toTag === undefined ? '' : `;tag=${change.toTag}`}`,
      `Call-ID: ${change.callId ?? newCallId()}`,
      `CSeq: ${change.cseq ?? 1} ${method}`,
      `Contact: <sip:raw@${this.host}:${this.port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  }

  /** Answers a request that has come in. */
  answer(request: string, status: string): void {
    const kept = request.match(/^(?:Via|From|To|Call-ID|CSeq):.*$/gim) ?? [];
    this.send([`SIP/2.0 ${status}`, ...kept.map(line => line.trim()), 'Content-Length: 0', '', ''].join('\r\n'));
  }

  /** An offer of PCMU whose media goes to `port`. */
  offer(port: number): string {
    return [
      'v=0',
      `o=raw 1 1 IN IP4 ${this.host}`,
      's=-',
      `c=IN IP4 ${this.host}`,
      't=0 0',
      `m=audio ${port} RTP/AVP 0`,
      '',
    ].join('\r\n');
  }

  /** Final responses to the INVITE, one for each transmission. */
  answers(): string[] {
    return this.received.filter(text => /^SIP\/2\.0 [2-6]/.test(text) && /^CSeq: *\d+ INVITE/im.test(text));
  }

  close(): Promise<void> {
    return closeUdp(this.#socket);
  }
}

export const newBranch = (): string => `z9hG4bK${randomBytes(8).toString('hex')}`;
export const newCallId = (): string => randomBytes(8).toString('hex');

export const toTagOf = (message: string): string | undefined => /^To:.*;tag=([^;\s]+)/im.exec(message)?.[1];
export const contactOf = (message: string): string | undefined => /^Contact: *<([^>]+)>/im.exec(message)?.[1];
