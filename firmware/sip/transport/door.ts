import type { Log } from '../../base/log.ts';
import { SipParseError } from '../message/errors.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import { parseMessage } from '../message/parse.ts';
import type { Via } from '../message/via.ts';
import type { Admission } from './admission.ts';
import type { Source } from './hop.ts';
import type { LocalAddress } from './listener.ts';
import { looksLikeSip } from './looks-like-sip.ts';
import { malformedAnswer } from './malformed-answer.ts';
import type { StrangerGate } from './stranger-gate.ts';
import type { Hearing, StreamConnection } from './stream-connection.ts';
import type { TransportCounters } from './transport-counters.ts';
import { stampVia } from './via-routing.ts';

/** A message as it came off a socket. */
export interface Received {
  readonly bytes: Buffer;
  readonly source: Source;
  readonly local: LocalAddress;
  /** Null for a datagram. */
  readonly connection: StreamConnection | null;
}

/** Who a request's sender is to us. */
export interface Sender {
  /** False: it may take part in what is under way, and begin nothing. */
  readonly trusted: boolean;
  /** Who it proved to be; null for sources that are known by their address. */
  readonly user: string | null;
}

export interface DoorParts {
  readonly admission: Admission;
  /** Null: strangers get silence. */
  readonly gate: StrangerGate | null;
  readonly counters: TransportCounters;
  readonly log: Log;
  admitted(from: Received): void;
  request(request: SipRequest, via: Via, sender: Sender, from: Received): void;
  response(response: SipResponse, trusted: boolean, from: Received): void;
  /** Whether a transaction knows that request already. */
  holds(request: SipRequest, via: Via): boolean;
  /** Sends an answer of which nothing is remembered to where `via` says. */
  answer(bytes: Buffer, via: Via, from: Received): void;
}

const TRUSTED: Sender = { trusted: true, user: null };
const KNOWN: Sender = { trusted: false, user: null };

/** Who is let in, from bytes to message. Nothing is thrown out of here, whatever comes: its callers are event handlers. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  hear(from: Received): Hearing {
    const { admission, counters } = this.#parts;
    if (!looksLikeSip(from.bytes)) {
      counters.strangers += 1;
      counters.junk += 1;
      return 'junk';
    }
    const standing = admission.judge(from.source, from.bytes);
    if (standing === 'stranger') return this.#stranger(from);
    this.#count(from);
    try {
      const message = parseMessage(from.bytes);
      if (message.kind === 'response') this.#parts.response(message, standing === 'trusted', from);
      else this.#request(message, standing === 'trusted', from);
    } catch (error) {
      if (error instanceof SipParseError) this.#malformed(error, from, standing === 'trusted');
      else this.#fault(error);
    }
    return 'admitted';
  }

  /** A stream that cannot be cut any more; `from.bytes` is the beginning of what broke it. */
  broken(error: SipParseError, from: Received): void {
    const { admission, counters } = this.#parts;
    if (admission.trusts(from.source)) {
      this.#malformed(error, from, true);
      return;
    }
    counters.strangers += 1;
    counters.junk += 1;
  }

  #malformed(error: SipParseError, from: Received, trusted: boolean): void {
    this.#parts.counters.malformed += 1;
    const answer = trusted ? malformedAnswer(from.bytes, from.source, error) : null;
    if (answer) this.#parts.answer(answer.bytes, answer.via, from);
  }

  #request(request: SipRequest, trusted: boolean, from: Received): void {
    const via = stampVia(request, from.source);
    if (trusted) this.#parts.request(request, via, TRUSTED, from);
    // A Call-ID that we hold lets a phone's requests in, but a new one (a refreshed REGISTER) has to prove itself again.
    else if (this.#parts.gate && beginsSomething(request) && !this.#parts.holds(request, via)) {
      if (this.#parts.gate.opens(from.source)) this.#knock(this.#parts.gate, request, via, from);
      else this.#parts.counters.limited += 1;
    } else this.#parts.request(request, via, KNOWN, from);
  }

  #stranger(from: Received): Hearing {
    const { gate, counters } = this.#parts;
    const open = gate?.opens(from.source) ?? false;
    if (!gate || !open) {
      counters.strangers += 1;
      if (gate) counters.limited += 1;
      return 'refused';
    }
    try {
      const message = parseMessage(from.bytes);
      if (message.kind === 'request') return this.#knock(gate, message, stampVia(message, from.source), from);
    } catch (error) {
      if (!(error instanceof SipParseError)) this.#fault(error);
    }
    counters.strangers += 1;
    return 'refused';
  }

  #knock(gate: StrangerGate, request: SipRequest, via: Via, from: Received): Hearing {
    const { counters } = this.#parts;
    const passage = gate.judge(request, from.source);
    if (passage.kind === 'admit') {
      counters.authenticated += 1;
      this.#count(from);
      this.#parts.request(request, via, { trusted: true, user: passage.user }, from);
      return 'admitted';
    }
    counters.strangers += 1;
    // The ACK of a challenge is no second knock: on a stream the request with credentials follows it.
    if (passage.kind === 'silence') return request.method === 'ACK' ? 'challenged' : 'refused';
    counters.challenged += 1;
    this.#parts.answer(passage.bytes, via, from);
    return passage.again ? 'challenged' : 'refused';
  }

  #count(from: Received): void {
    const { counters } = this.#parts;
    const traffic = counters.traffic[from.source.transport];
    counters.received += 1;
    traffic.messagesIn += 1;
    traffic.bytesIn += from.bytes.length;
    this.#parts.admitted(from);
  }

  #fault(error: unknown): void {
    this.#parts.log.error({ err: error }, 'a SIP message could not be handled');
  }
}

function beginsSomething(request: SipRequest): boolean {
  return request.method !== 'ACK' && request.method !== 'CANCEL' && tagOf(request.headers.get('To') ?? '') === null;
}
