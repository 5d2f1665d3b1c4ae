import { Worker } from 'node:worker_threads';
import { threadProgram } from '../store/thread-program.ts';
import type { Probes } from './probes.ts';

export interface Question {
  readonly id: number;
  readonly probe: keyof Probes;
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failed: true };

interface Asker {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** The machine's probes, run in a thread that is made with the first question, and anew after one that died. */
export class ThreadProbes implements Probes {
  readonly #folder: string;
  readonly #askers = new Map<number, Asker>();
  #worker: Worker | null = null;
  #nextId = 1;
  #closed = false;

  /** @param folder on the file system to be watched */
  constructor(folder: string) {
    this.#folder = folder;
  }

  readonly cpuBusyRatio = () => this.#ask('cpuBusyRatio');
  readonly load = () => this.#ask('load');
  readonly memory = () => this.#ask('memory');
  readonly temperatureCelsius = () => this.#ask('temperatureCelsius');
  readonly disk = () => this.#ask('disk');
  readonly network = () => this.#ask('network');

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #ask<P extends keyof Probes>(probe: P): ReturnType<Probes[P]> {
    const answer = new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('closed');
      const question: Question = { id: this.#nextId++, probe };
      this.#askers.set(question.id, { resolve, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage(question);
    });
    // The thread runs the probe of this name, so its value is that probe's.
    return answer as ReturnType<Probes[P]>;
  }

  #start(): Worker {
    const worker = new Worker(threadProgram('machine-thread', import.meta.url), { workerData: this.#folder });
    worker.on('message', (answer: Answer) => {
      const asker = this.#askers.get(answer.id);
      this.#askers.delete(answer.id);
      if ('failed' in answer) asker?.reject(new Error('the probe failed'));
      else asker?.resolve(answer.value as never);
    });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.#worker = null;
      for (const { reject } of this.#askers.values()) reject(new Error('the thread ended'));
      this.#askers.clear();
    });
    return worker;
  }
}
