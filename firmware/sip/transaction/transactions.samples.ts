import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { serialise } from '../message/serialise.ts';
import { localAddress } from '../transport/listener.ts';
import type { ClientFailure, ClientParts } from './client-transaction.ts';
import { createResponse } from './response.ts';
import type { ServerParts } from './server-transaction.ts';
import { RFC_TIMERS } from './timers.ts';

/** A request as our user agent sends it. */
export function sampleRequest(method: string): SipRequest {
  const headers = Headers.of([
    ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKsample;rport'],
    ['Max-Forwards', '70'],
    ['Route', '<sip:proxy.example.com;lr>'],
    ['From', '<sip:alice@example.com>;tag=a1'],
    ['To', '<sip:bob@example.com>'],
    ['Call-ID', 'c1'],
    ['CSeq', `7 ${method}`],
  ]);
  return { kind: 'request', method, uri: 'sip:bob@192.0.2.2', headers, body: Buffer.alloc(0) };
}

export function sampleResponse(request: SipRequest, status: number, toTag = 'b1'): SipResponse {
  return createResponse(request, status, { toTag });
}

/** One transaction's surroundings: a clock to turn, what was sent and when, what the core heard. */
export class Bench {
  readonly clock = new ManualClock();
  readonly sent: { atMs: number; what: string; bytes: Buffer }[] = [];
  readonly heard: number[] = [];
  failure: ClientFailure | null = null;
  ended = 0;

  clientParts(request: SipRequest, reliable: boolean): ClientParts {
    return {
      request,
      bytes: serialise(request),
      path: {
        branch: 'z9hG4bKsample',
        hop: { transport: reliable ? 'tcp' : 'udp', address: '192.0.2.2', port: 5060 },
        local: localAddress({ transport: 'udp', host: '192.0.2.1', port: 5060 }, 5060),
      },
      ...this.#common(),
      user: {
        response: response => void this.heard.push(response.status),
        failed: failure => {
          this.failure = failure;
        },
      },
    };
  }

  serverParts(reliable: boolean): ServerParts {
    return { reliable, ...this.#common() };
  }

  /** When that was sent, milliseconds since the start: "INVITE", "ACK", "200". */
  timesOf(what: string): number[] {
    return this.sent.filter(each => each.what === what).map(each => each.atMs);
  }

  #common() {
    return {
      timers: RFC_TIMERS,
      clock: this.clock,
      send: (bytes: Buffer) => {
        const message = parseMessage(bytes);
        const what = message.kind === 'request' ? message.method : String(message.status);
        this.sent.push({ atMs: this.clock.monotonic(), what, bytes });
      },
      ended: () => {
        this.ended += 1;
      },
    };
  }
}
