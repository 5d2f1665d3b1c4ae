import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import { clientTransactionKey, serverTransactionKey } from '../message/call-key.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import { serialise } from '../message/serialise.ts';
import type { Via } from '../message/via.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { Arrival, TransportUser } from '../transport/transport-layer.ts';
import { viaValue } from '../transport/via-routing.ts';
import type { ClientParts, ClientPath, ClientTransaction, ClientUser } from './client-transaction.ts';
import { cancelOf } from './hop-by-hop.ts';
import { InviteClientTransaction } from './invite-client.ts';
import { InviteServerTransaction } from './invite-server.ts';
import { NonInviteClientTransaction } from './non-invite-client.ts';
import { NonInviteServerTransaction } from './non-invite-server.ts';
import { newBranch, newTag } from './random-token.ts';
import { createResponse } from './response.ts';
import type { ServerParts, ServerTransaction } from './server-transaction.ts';
import type { SipTimers } from './timers.ts';

/** The core above: requests that are new to it. */
export interface TransactionUser {
  invite(transaction: InviteServerTransaction, request: SipRequest, arrival: Arrival): void;
  /** Anything but INVITE, ACK and CANCEL. */
  request(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void;
  /** An ACK that belongs to no transaction: the third step of a 2xx (§13.3.1.4). */
  acknowledged(ack: SipRequest): void;
}

export interface TransactionParts {
  readonly clock: Clock;
  readonly timers: SipTimers;
  /** Transactions in both directions; past it requests are answered 503, our own refused. */
  readonly maxTransactions: number;
  send(bytes: Buffer, hop: Hop, local: LocalAddress, failed: (error: Error) => void): void;
  /** The Call-ID is heard from strangers while somebody holds it. */
  hold(callId: string): void;
  release(callId: string): void;
}

/** §8.2.7: an answer without a transaction must carry the same tag whenever the request comes again. */
const STATELESS_TAG = newTag();

/** RFC 3261 §17: which message belongs to which transaction. */
export class TransactionLayer implements TransportUser {
  readonly #parts: TransactionParts;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** What may begin something, by what a fork or a loop leaves unchanged (§8.2.2.2). */
  readonly #merged = new Map<string, ServerTransaction>();
  #user: TransactionUser | null = null;
  #overloaded = 0;
  #ignored = 0;
  #repeatedIn = 0;
  #repeatedOut = 0;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  start(user: TransactionUser): void {
    this.#user = user;
  }

  /** Stops every timer; nobody hears of it. */
  close(): void {
    this.#user = null;
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.terminate();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get serverCount(): number {
    return this.#servers.size;
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Requests answered 503 because the table was full. */
  get overloaded(): number {
    return this.#overloaded;
  }

  /** Requests that would have begun something, with a Call-ID that we hold but from a source that may not. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Requests that came again. */
  get repeatedIn(): number {
    return this.#repeatedIn;
  }

  /** Requests that were sent again for want of an answer (Timers A and E). */
  get repeatedOut(): number {
    return this.#repeatedOut;
  }

  /**
   * Sends a request with a Via and a branch of its own (§8.1.1.7). The transaction is INVITE or not by its method.
   * @throws CrosspointError sip.overloaded; what `serialise` throws
   */
  request(request: SipRequest, hop: Hop, local: LocalAddress, user: ClientUser): ClientTransaction {
    const branch = newBranch();
    request.headers.prepend('Via', viaValue(local, branch));
    return this.#startClient(request, { branch, hop, local }, user);
  }

  /** Sends the CANCEL of an INVITE (§9.1). @throws CrosspointError sip.overloaded, sip.header-name, sip.line-break */
  cancel(
    invite: ClientTransaction,
    user: ClientUser,
    headers: Iterable<readonly [string, string]> = [],
  ): ClientTransaction {
    return this.#startClient(cancelOf(invite.request, headers), invite.path, user);
  }

  response(response: SipResponse, via: Via): void {
    const { method } = parseCSeq(response.headers.get('CSeq') ?? '');
    this.#clients.get(clientTransactionKey(via.params.get('branch') ?? '', method))?.receive(response);
  }

  incoming(request: SipRequest, arrival: Arrival): void {
    const key = serverTransactionKey(request, arrival.via);
    const known = this.#servers.get(key);
    if (request.method === 'ACK') this.#acknowledge(request, known);
    else if (known) {
      this.#repeatedIn += 1;
      known.retransmitted();
    } else if (!arrival.trusted && !isInDialog(request) && !this.#cancelled(request, arrival.via)) this.#ignored += 1;
    else if (this.size >= this.#parts.maxTransactions) this.#refuse(request, arrival);
    else this.#begin(request, arrival, key);
  }

  holds(request: SipRequest, via: Via): boolean {
    return this.#servers.has(serverTransactionKey(request, via));
  }

  #acknowledge(ack: SipRequest, known: ServerTransaction | undefined): void {
    if (known instanceof InviteServerTransaction && known.state !== 'accepted') known.acknowledged();
    else this.#user?.acknowledged(ack);
  }

  #begin(request: SipRequest, arrival: Arrival, key: string): void {
    const mergeKey = mergeKeyOf(request);
    if (mergeKey !== null && this.#merged.has(mergeKey)) {
      // §8.2.2.2: the same request over another path of a fork.
      arrival.reply(serialise(createResponse(request, 482, { toTag: STATELESS_TAG })));
      return;
    }
    const invite = request.method === 'INVITE';
    const parts = this.#serverParts(request, arrival, key, mergeKey);
    const transaction = invite ? new InviteServerTransaction(parts) : new NonInviteServerTransaction(parts);
    this.#servers.set(key, transaction);
    if (mergeKey !== null) this.#merged.set(mergeKey, transaction);
    if (transaction instanceof InviteServerTransaction) {
      transaction.start(request);
      this.#user?.invite(transaction, request, arrival);
    } else if (request.method === 'CANCEL') this.#cancel(transaction, request, arrival);
    else this.#user?.request(transaction, request, arrival);
  }

  /** What a CANCEL is for; it cannot be challenged (§22.1), so that it met an INVITE that was let in is its pass. */
  #cancelled(request: SipRequest, via: Via): InviteServerTransaction | null {
    if (request.method !== 'CANCEL') return null;
    const invite = this.#servers.get(serverTransactionKey({ ...request, method: 'INVITE' }, via));
    return invite instanceof InviteServerTransaction ? invite : null;
  }

  /** §9.2: answered for itself; the INVITE that it meets is for the core to end. */
  #cancel(transaction: ServerTransaction, request: SipRequest, arrival: Arrival): void {
    const invite = this.#cancelled(request, arrival.via);
    transaction.respond(createResponse(request, invite ? 200 : 481, { toTag: newTag() }));
    invite?.whenCancelled?.(request);
  }

  /** Without a transaction: a flood must not fill the table that refuses it. */
  #refuse(request: SipRequest, arrival: Arrival): void {
    this.#overloaded += 1;
    const headers = [['Retry-After', '5']] as const;
    arrival.reply(serialise(createResponse(request, 503, { toTag: STATELESS_TAG, headers })));
  }

  #startClient(request: SipRequest, path: ClientPath, user: ClientUser): ClientTransaction {
    if (this.size >= this.#parts.maxTransactions) {
      throw new CrosspointError('sip.overloaded', 'too many SIP transactions are open', { retriable: true });
    }
    const { clock, timers, send, hold, release } = this.#parts;
    const key = clientTransactionKey(path.branch, request.method);
    const callId = request.headers.get('Call-ID') ?? '';
    const bytes = serialise(request);
    let isSent = false;
    const parts: ClientParts = {
      request,
      bytes,
      path,
      timers,
      clock,
      user,
      send: message => {
        // The other thing that it sends is an ACK.
        if (isSent && message === bytes) this.#repeatedOut += 1;
        isSent = true;
        send(message, path.hop, path.local, error => transaction.transportFailed(error));
      },
      ended: () => {
        this.#clients.delete(key);
        release(callId);
      },
    };
    const invite = request.method === 'INVITE';
    const transaction = invite ? new InviteClientTransaction(parts) : new NonInviteClientTransaction(parts);
    hold(callId);
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  #serverParts(request: SipRequest, arrival: Arrival, key: string, mergeKey: string | null): ServerParts {
    const { clock, timers, hold, release } = this.#parts;
    const callId = request.headers.get('Call-ID') ?? '';
    hold(callId);
    return {
      reliable: arrival.source.transport !== 'udp',
      timers,
      clock,
      send: arrival.reply,
      ended: () => {
        this.#servers.delete(key);
        release(callId);
        if (mergeKey !== null) this.#merged.delete(mergeKey);
      },
    };
  }
}

/**
 * A CANCEL has its INVITE's key, OPTIONS begins nothing, and of two REGISTERs the registrar compares Call-ID and CSeq
 * itself (§10.3).
 */
const NOT_MERGED: ReadonlySet<string> = new Set(['CANCEL', 'OPTIONS', 'REGISTER']);

/** Null inside of dialogs, where a request cannot have been forked. */
function mergeKeyOf(request: SipRequest): string | null {
  const { headers, method } = request;
  if (NOT_MERGED.has(method) || isInDialog(request)) return null;
  return `${headers.get('Call-ID')}\n${tagOf(headers.get('From') ?? '')}\n${headers.get('CSeq')}`;
}

function isInDialog(request: SipRequest): boolean {
  return tagOf(request.headers.get('To') ?? '') !== null;
}
