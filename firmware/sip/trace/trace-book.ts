import type { Clock } from '../../base/clock.ts';
import { inOwnMemory } from '../../base/own-memory.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { Trace, TracedMessage } from './traced-message.ts';

export interface TraceLimits {
  /** Of all messages together. */
  readonly maxBytes: number;
  /** Of one Call-ID. */
  readonly maxMessages: number;
}

export const TRACE_LIMITS: TraceLimits = { maxBytes: 32 * 1024 * 1024, maxMessages: 200 };

/** One Call-ID's messages. */
interface Conversation {
  readonly messages: TracedMessage[];
  bytes: number;
  dropped: number;
}

/** Where the Call-ID must begin; a longer header before it is no message of ours. */
const PEEK_BYTES = 8192;
const CALL_ID = /^(?:call-id|i)[ \t]*:[ \t]*(\S{1,256})/im;
/** What a message costs beside its bytes. */
const OVERHEAD_BYTES = 200;

/**
 * The messages of the calls that are under way and of those that were, by Call-ID, as long as there is room for them.
 * Conversations of which nobody said that they belong to a live call go first, then the one begun longest ago.
 *
 * Bytes are kept as they went over the wire: mask them before anybody sees them (mask.ts).
 */
export class TraceBook {
  readonly #clock: Clock;
  readonly #limits: TraceLimits;
  readonly #live = new Map<string, Conversation>();
  readonly #loose = new Map<string, Conversation>();
  #bytes = 0;

  constructor(clock: Clock, limits: TraceLimits = TRACE_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** For the transport layer: keeps one message. */
  record(direction: 'in' | 'out', bytes: Buffer, local: LocalAddress, remote: Hop): void {
    const callId = CALL_ID.exec(bytes.toString('latin1', 0, PEEK_BYTES))?.[1];
    if (callId === undefined) return;
    const conversation = this.#conversation(callId);
    if (conversation.messages.length >= this.#limits.maxMessages) {
      conversation.dropped += 1;
      return;
    }
    conversation.messages.push({
      at: this.#clock.now(),
      direction,
      transport: local.transport,
      local: { address: local.address, port: local.port },
      remote: { address: remote.address, port: remote.port },
      // A slice of a stream's chunk, or of Node's pool, would keep the whole of it alive.
      bytes: bytes.buffer.byteLength > 2 * bytes.length ? inOwnMemory(bytes) : bytes,
    });
    this.#count(conversation, bytes.length + OVERHEAD_BYTES);
    this.#makeRoom();
  }

  /** That Call-ID belongs to a live call: its messages are the last to go. */
  keep(callId: string): void {
    const conversation = this.#conversation(callId);
    this.#loose.delete(callId);
    this.#live.set(callId, conversation);
  }

  /** The call is over; its messages stay while there is room. */
  release(callId: string): void {
    const conversation = this.#live.get(callId);
    if (!conversation) return;
    this.#live.delete(callId);
    this.#loose.set(callId, conversation);
  }

  /** The messages of these Call-IDs in the order of time. */
  read(callIds: Iterable<string>): Trace {
    const found = [...callIds].flatMap(callId => this.#live.get(callId) ?? this.#loose.get(callId) ?? []);
    const messages = found.flatMap(each => each.messages).sort((a, b) => a.at - b.at);
    return { messages, dropped: found.reduce((sum, each) => sum + each.dropped, 0) };
  }

  /** Of what is kept, with what keeping it costs. */
  get bytes(): number {
    return this.#bytes;
  }

  #conversation(callId: string): Conversation {
    const known = this.#live.get(callId) ?? this.#loose.get(callId);
    if (known) return known;
    const conversation = { messages: [], bytes: 0, dropped: 0 };
    this.#loose.set(callId, conversation);
    this.#count(conversation, OVERHEAD_BYTES);
    return conversation;
  }

  #count(conversation: Conversation, bytes: number): void {
    conversation.bytes += bytes;
    this.#bytes += bytes;
  }

  #makeRoom(): void {
    while (this.#bytes > this.#limits.maxBytes) {
      const from = this.#loose.size > 0 ? this.#loose : this.#live;
      const oldest = from.entries().next().value;
      if (!oldest) return;
      const [callId, conversation] = oldest;
      this.#bytes -= conversation.bytes;
      if (from === this.#loose) from.delete(callId);
      else this.#empty(conversation);
    }
  }

  /** A live call goes on, without what was kept of it; the next in line is another one. */
  #empty(conversation: Conversation): void {
    conversation.dropped += conversation.messages.length;
    conversation.messages.length = 0;
    conversation.bytes = 0;
    for (const [callId, each] of this.#live) {
      if (each !== conversation) continue;
      this.#live.delete(callId);
      this.#live.set(callId, each);
      return;
    }
  }
}
