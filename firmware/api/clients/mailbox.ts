import type { BoxMessage } from './messages.ts';

interface Entry {
  readonly time: number;
  /** JSON, shared by all mailboxes that hold the same message. */
  readonly body: string;
}

export interface MailboxLimits {
  readonly messages: number;
  /** Characters of JSON. */
  readonly size: number;
  /** What was sent longer ago has arrived, or nobody will ask for it in time. */
  readonly ageMs: number;
}

export const mailboxLimits: MailboxLimits = { messages: 1000, size: 1024 * 1024, ageMs: 90_000 };

/** A message for everybody is written as JSON once. */
const bodies = new WeakMap<BoxMessage, string>();

/** The numbered messages for one connection, the last of which are kept until it cannot ask for them any more. */
export class Mailbox {
  readonly #limits: MailboxLimits;
  readonly #entries: Entry[] = [];
  /** Number of the first entry. */
  #first = 1;
  #size = 0;

  constructor(limits: MailboxLimits = mailboxLimits) {
    this.#limits = limits;
  }

  /** Number of the last message. */
  get last(): number {
    return this.#first + this.#entries.length - 1;
  }

  /**
   * @param time milliseconds since 1970
   * @returns what to send
   */
  add(message: BoxMessage, time: number): string {
    const entry = { time, body: bodyOf(message) };
    this.#entries.push(entry);
    this.#size += entry.body.length;
    this.#forget(time);
    return frame(this.last, entry);
  }

  /**
   * The client has all messages up to `last` and none behind: that message goes in between, and those behind it have a
   * number more than they had. Null when what follows is not kept any more, or never was.
   */
  resume(last: number, message: BoxMessage, time: number): string[] | null {
    const index = last + 1 - this.#first;
    if (index < 0 || index > this.#entries.length) return null;
    const entry = { time, body: bodyOf(message) };
    this.#entries.splice(index, 0, entry);
    this.#size += entry.body.length;
    const frames = this.#entries.slice(index).map((each, i) => frame(last + 1 + i, each));
    this.#forget(time);
    return frames;
  }

  /** All that is kept, to be sent. */
  frames(): string[] {
    return this.#entries.map((entry, i) => frame(this.#first + i, entry));
  }

  #forget(now: number): void {
    const { messages, size, ageMs } = this.#limits;
    for (let oldest = this.#entries[0]; oldest; oldest = this.#entries[0]) {
      const isNeeded = oldest.time >= now - ageMs && this.#entries.length <= messages && this.#size <= size;
      if (isNeeded || this.#entries.length === 1) return;
      this.#entries.shift();
      this.#size -= oldest.body.length;
      this.#first++;
    }
  }
}

function bodyOf(message: BoxMessage): string {
  const known = bodies.get(message);
  if (known !== undefined) return known;
  const body = JSON.stringify(message);
  bodies.set(message, body);
  return body;
}

function frame(n: number, { time, body }: Entry): string {
  return `{"n":${n},"time":${time},${body.slice(1)}`;
}
