import net from 'node:net';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { LineSplitter, MAX_ANSWER_BYTES } from '../../pipelines/line-splitter.ts';
import {
  commands,
  type EventName,
  type EventParams,
  events,
  type Method,
  type Params,
  type Result,
} from '../../pipelines/protocol.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';

/** A worker answers in well under a tick (20 ms); one that takes this long hangs. */
const ANSWER_LIMIT_MS = 2_000;

const isResult = compileAll(Object.entries(commands).map(([name, { result }]) => [name, result] as const));
const isEvent = compileAll(Object.entries(events));

export type WorkerEvent = { [E in EventName]: { event: E; params: EventParams<E> } }[EventName];

export interface ChannelListener {
  event(event: WorkerEvent): void;
  /** Called once, when the connection is gone for whatever reason. */
  closed(): void;
}

interface Waiting {
  readonly method: Method;
  readonly answered: (result: never) => void;
  readonly failed: (error: CrosspointError) => void;
  readonly limit: Timer;
}

/** Typed requests and events over one connection to one worker (pipelines/protocol.ts). */
export class WorkerChannel {
  readonly #socket: net.Socket;
  readonly #clock: Clock;
  readonly #listener: ChannelListener;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed = false;

  private constructor(socket: net.Socket, clock: Clock, listener: ChannelListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    const splitter = new LineSplitter(line => this.#line(line), MAX_ANSWER_BYTES);
    socket.on('data', chunk => {
      try {
        splitter.push(chunk as Buffer);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost());
  }

  /** @throws Error (ENOENT, ECONNREFUSED) when no worker listens there */
  static connect(path: string, clock: Clock, listener: ChannelListener): Promise<WorkerChannel> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new WorkerChannel(socket, clock, listener));
      });
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws CrosspointError media.worker-lost, media.no-answer, or the code that the worker answered */
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.#closed) return Promise.reject(workerLost());
    return new Promise((answered, failed) => {
      const id = this.#nextId++;
      const limit = this.#clock.after(ANSWER_LIMIT_MS, () => {
        this.#waiting.delete(id);
        failed(
          new CrosspointError('media.no-answer', `the media worker did not answer ${method} in time`, {
            retriable: true,
          }),
        );
      });
      this.#waiting.set(id, { method, answered, failed, limit });
      this.#write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /** What is asked in one turn of the event loop goes out in one system call. */
  #write(line: string): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(line);
  }

  close(): void {
    this.#socket.destroy();
    this.#lost();
  }

  #line(line: string): void {
    const message = parse(line);
    if (message.event !== undefined) {
      if (isEvent.get(message.event)?.(message.params)) this.#listener.event(message as unknown as WorkerEvent);
      else this.#socket.destroy();
      return;
    }
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (!waiting || message.id === undefined) return;
    this.#waiting.delete(message.id);
    waiting.limit.stop();
    if (message.error) {
      waiting.failed(new CrosspointError(asMediaCode(message.error.code), message.error.message));
    } else if (isResult.get(waiting.method)?.(message.result)) {
      waiting.answered(message.result as never);
    } else {
      waiting.failed(
        new CrosspointError(
          'media.bad-answer',
          `the media worker's answer to ${waiting.method} does not fit the protocol`,
        ),
      );
    }
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { failed, limit } of this.#waiting.values()) {
      limit.stop();
      failed(workerLost());
    }
    this.#waiting.clear();
    this.#listener.closed();
  }
}

interface Message {
  id?: number;
  event?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: string; message: string };
}

function parse(line: string): Message {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return {};
  }
}

function compileAll(schemas: readonly (readonly [string, TSchema])[]): Map<string, (value: unknown) => boolean> {
  return new Map(
    schemas.map(([name, schema]) => {
      const validator = Compile(schema);
      return [name, value => validator.Check(value)];
    }),
  );
}

function asMediaCode(code: string): `media.${string}` {
  return code.startsWith('media.') ? (code as `media.${string}`) : 'media.failed';
}

function workerLost(): CrosspointError {
  return new CrosspointError('media.worker-lost', 'the media worker has gone; a new one is being started', {
    retriable: true,
  });
}
