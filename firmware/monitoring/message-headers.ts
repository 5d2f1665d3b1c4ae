import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';

export interface MessageHeadersOptions {
  readonly box: string;
  readonly bootId: string;
  readonly clock: Clock;
}

/** What every message carries (topics-header.ts). */
export interface MessageHeader {
  readonly version: 1;
  readonly id: string;
  readonly box: string;
  readonly bootId: string;
  readonly sequence: number;
  readonly project: string;
  readonly time: number;
}

/** Heads messages that are no events of the outbox: each kind has a count of its own, so that a reader sees a gap. */
export class MessageHeaders {
  readonly #options: MessageHeadersOptions;
  readonly #sequences = new Map<string, number>();

  constructor(options: MessageHeadersOptions) {
    this.#options = options;
  }

  get box(): string {
    return this.#options.box;
  }

  next(kind: string, project = 'device', time = this.#options.clock.now()): MessageHeader {
    const { box, bootId } = this.#options;
    const sequence = (this.#sequences.get(kind) ?? 0) + 1;
    this.#sequences.set(kind, sequence);
    return { version: 1, id: randomUUID(), box, bootId, sequence, project, time };
  }
}
