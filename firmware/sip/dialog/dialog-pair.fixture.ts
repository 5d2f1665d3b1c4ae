import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { parseVia } from '../message/via.ts';
import { createResponse } from '../transaction/response.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import { TransactionLayer } from '../transaction/transaction-layer.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { Arrival } from '../transport/transport-layer.ts';
import { stampVia } from '../transport/via-routing.ts';
import { Dialog } from './dialog.ts';
import type { DialogEnd, DialogListener, DialogRequest, SessionChange } from './dialog-listener.ts';
import { dialogOfRequest, dialogOfResponse } from './dialog-state.ts';
import { DialogTable } from './dialog-table.ts';
import type { Stack } from './stack.ts';

export const OFFER = Buffer.from('v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n');
export const ANSWER = Buffer.from('v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\n');
export const OTHER = Buffer.from('v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\n');

/** One way on the wire, milliseconds. */
const LATENCY_MS = 1;

export interface PairOptions {
  /** Of both sides. */
  allow?: string;
  supported?: string;
  /** Headers of the INVITE and of its 2xx. */
  recordRoute?: string;
  contact?: { alice?: string; bob?: string };
  /** Stays early: Bob has sent 180 and nothing else. */
  early?: boolean;
}

/** One side: a stack whose transport is the wire of its pair, and the one dialog on it. */
export class Side {
  readonly transactions: TransactionLayer;
  readonly dialogs = new DialogTable();
  readonly stack: Stack;
  readonly local: LocalAddress;
  readonly ends: DialogEnd[] = [];
  readonly changes: SessionChange[] = [];
  readonly requests: DialogRequest[] = [];
  /** What arrived here, lost messages left out. */
  readonly heard: SipMessage[] = [];
  readonly listener: DialogListener = {
    ended: end => void this.ends.push(end),
    change: change => void this.changes.push(change),
    request: request => void this.requests.push(request),
  };
  /** What comes next of `resolver.random`, then 0. */
  readonly lots: number[] = [];
  held = 0;
  /** Where each message that was sent from here went. */
  readonly hops: Hop[] = [];

  constructor(pair: DialogPair, address: string) {
    this.local = {
      transport: 'udp',
      address,
      port: 5060,
      advertised: { host: address, port: 5060 },
      sentBy: `${address}:5060`,
    };
    const { clock } = pair;
    const send = (bytes: Buffer, hop: Hop, _local: LocalAddress, failed: (error: Error) => void) => {
      this.hops.push(hop);
      if (pair.unreachable(hop)) clock.after(0, () => failed(new Error('connection refused')));
      else pair.carry(this, bytes);
    };
    const hold = () => {
      this.held += 1;
    };
    const release = () => {
      this.held -= 1;
    };
    this.transactions = new TransactionLayer({
      clock,
      timers: RFC_TIMERS,
      maxTransactions: 1000,
      send,
      hold,
      release,
    });
    this.stack = {
      clock,
      log: silentLog,
      timers: RFC_TIMERS,
      transactions: this.transactions,
      dialogs: this.dialogs,
      transport: { send, localFor: () => this.local, forSize: (hop: Hop) => [hop] },
      admission: { hold, release },
      resolver: { clock, allowTarget: () => true, reaches: () => true, random: () => this.lots.shift() ?? 0 },
      // The wire stands in for sockets, name servers and their tables: a few of their methods are all that is used.
    } as unknown as Stack;
    this.transactions.start({
      invite: (transaction, request, arrival) => {
        const dialog = this.dialogs.of(request);
        if (dialog) dialog.handleInvite(transaction, request, arrival);
        else transaction.respond(createResponse(request, 481));
      },
      request: (transaction, request, arrival) => {
        const dialog = this.dialogs.of(request);
        if (dialog) dialog.handleRequest(transaction, request, arrival);
        else transaction.respond(createResponse(request, 481));
      },
      acknowledged: ack => this.dialogs.of(ack)?.acknowledged(ack),
    });
  }

  receive(bytes: Buffer, from: Side): void {
    const message = parseMessage(bytes);
    this.heard.push(message);
    if (message.kind === 'response') {
      this.transactions.response(message, parseVia(message.headers.get('Via') ?? ''));
      return;
    }
    const source: Hop = { transport: 'udp', address: from.local.address, port: 5060 };
    const arrival = {
      source,
      trusted: true,
      user: null,
      local: this.local,
      via: stampVia(message, source),
      reply: (response: Buffer) => this.stack.transport.send(response, source, this.local, () => {}),
    } satisfies Arrival;
    this.transactions.incoming(message, arrival);
  }

  heardRequests(method: string): SipRequest[] {
    return this.heard.filter(each => each.kind === 'request').filter(each => each.method === method);
  }

  heardResponses(method: string): SipResponse[] {
    const responses = this.heard.filter(each => each.kind === 'response');
    return responses.filter(each => each.headers.get('CSeq')?.endsWith(` ${method}`));
  }

  statuses(method: string): number[] {
    return this.heardResponses(method).map(({ status }) => status);
  }
}

/** Alice, who sent the INVITE, and Bob, with a wire between them that delays by a millisecond and loses on demand. */
export class DialogPair {
  readonly clock = new ManualClock();
  readonly alice = new Side(this, '192.0.2.1');
  readonly bob = new Side(this, '192.0.2.2');
  /** Whether a message is lost; true for all of them is a far end that is gone. */
  loses: (message: SipMessage, from: Side) => boolean = () => false;
  unreachable: (hop: Hop) => boolean = () => false;
  readonly a: Dialog;
  readonly b: Dialog;

  constructor(options: PairOptions = {}) {
    const { alice, bob } = this;
    const [invite, answer] = handshake(options);
    const common = { credentials: { username: 'u', password: 'p' } };
    this.a = new Dialog({
      ...common,
      stack: alice.stack,
      state: dialogOfResponse(invite, answer),
      peer: { transport: 'udp', address: '192.0.2.2', port: 5060 },
      local: alice.local,
      contact: '<sip:alice@192.0.2.1:5060>',
      role: 'uac',
    });
    this.b = new Dialog({
      ...common,
      stack: bob.stack,
      state: dialogOfRequest(invite, 'bob'),
      peer: { transport: 'udp', address: '192.0.2.1', port: 5060 },
      local: bob.local,
      contact: '<sip:bob@192.0.2.2:5060>',
      role: 'uas',
    });
    this.a.open();
    this.b.open();
    this.a.listener = alice.listener;
    this.b.listener = bob.listener;
    if (options.early) return;
    this.a.description.ours = OFFER;
    this.b.description.ours = ANSWER;
    this.b.awaitAck(() => {}, { acknowledged: () => {}, timedOut: () => {} });
    this.a.acknowledge(1, []);
    this.advance(10);
    for (const side of [alice, bob]) {
      side.heard.length = 0;
      side.hops.length = 0;
    }
  }

  carry(from: Side, bytes: Buffer): void {
    if (this.loses(parseMessage(bytes), from)) return;
    const to = from === this.alice ? this.bob : this.alice;
    this.clock.after(LATENCY_MS, () => to.receive(bytes, from));
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time go by in steps, with room in between for what was promised. */
  async settle(ms = 100, steps = 10): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.clock.advance(ms / steps);
      await new Promise<void>(done => setImmediate(done));
    }
  }

  /** All that is held once both sides have ended, and every transaction has had its time. */
  async left(): Promise<Record<string, number>> {
    await this.settle(400_000, 40);
    const { alice, bob, clock } = this;
    return {
      dialogs: alice.dialogs.size + bob.dialogs.size,
      transactions: alice.transactions.size + bob.transactions.size,
      held: alice.held + bob.held,
      timers: clock.pendingTimers,
    };
  }
}

export const NOTHING = { dialogs: 0, transactions: 0, held: 0, timers: 0 };

/** What a promise came to; fails rather than waits when it came to nothing. */
export async function settled<T>(pair: DialogPair, promise: Promise<T>, ms = 100): Promise<T> {
  const found: T[] = [];
  void promise.then(each => found.push(each));
  await pair.settle(ms);
  assert.is(found.length, 1, 'it came to something');
  return found[0] as T;
}

/** Says BYE; then nothing of either side is left. */
export async function ended(pair: DialogPair): Promise<void> {
  void pair.a.bye();
  assert.equal(await pair.left(), NOTHING);
}

export function answering(side: Side, body: Buffer): void {
  side.listener.change = change => change.accept(body);
}

export const isRequest = (message: SipMessage, method: string) =>
  message.kind === 'request' && message.method === method;

export const isFinal = (message: SipMessage, method: string) =>
  message.kind === 'response' && message.status >= 200 && message.headers.get('CSeq')?.endsWith(method) === true;

function handshake(options: PairOptions): [SipRequest, SipResponse] {
  const { allow = 'INVITE, ACK, BYE, UPDATE', supported = 'timer', contact = {} } = options;
  const text = [
    'INVITE sip:bob@192.0.2.2 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKfirst',
    'From: <sip:alice@a.example>;tag=alice',
    'To: <sip:bob@b.example>',
    'Call-ID: pair',
    'CSeq: 1 INVITE',
    `Contact: ${contact.alice ?? '<sip:alice@192.0.2.1:5060>'}`,
    `Allow: ${allow}`,
    `Supported: ${supported}`,
    ...(options.recordRoute ? [`Record-Route: ${options.recordRoute}`] : []),
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  const invite = parseMessage(Buffer.from(text)) as SipRequest;
  const headers: [string, string][] = [
    ['Contact', contact.bob ?? '<sip:bob@192.0.2.2:5060>'],
    ['Allow', allow],
    ['Supported', supported],
    ...(options.recordRoute ? [['Record-Route', options.recordRoute] as [string, string]] : []),
  ];
  return [invite, createResponse(invite, 200, { toTag: 'bob', headers })];
}
