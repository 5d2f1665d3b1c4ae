import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Probes } from './probes.ts';

export interface Question {
  readonly id: number;
  readonly probe: keyof Probes;
  /** On the file system to be watched. */
  readonly folder: string;
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failed: true };

interface Asker {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Sources run as .ts (tests, by tsx), the built service as .js. */
const program = fileURLToPath(new URL(`./machine-process${path.extname(import.meta.url)}`, import.meta.url));

/** The machine's probes, run in a process that is made with the first question, and anew after one that died. */
export class ProcessProbes implements Probes {
  readonly #folder: string;
  readonly #askers = new Map<number, Asker>();
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #nextId = 1;
  #closed = false;

  /** @param folder on the file system to be watched */
  constructor(folder: string) {
    this.#folder = folder;
  }

  readonly cpuBusyRatio = () => this.#ask('cpuBusyRatio');
  readonly load = () => this.#ask('load');
  readonly temperatureCelsius = () => this.#ask('temperatureCelsius');
  readonly disk = () => this.#ask('disk');
  readonly network = () => this.#ask('network');

  readonly memory = async () => ({ ...(await this.#ask('memory')), ownBytes: process.memoryUsage.rss() });

  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  #ask<P extends keyof Probes>(probe: P): ReturnType<Probes[P]> {
    const answer = new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('closed');
      const question: Question = { id: this.#nextId++, probe, folder: this.#folder };
      this.#askers.set(question.id, { resolve, reject });
      this.#child ??= this.#start();
      // One that has just died says so by its exit.
      this.#child.send(question, () => {});
    });
    // The process runs the probe of this name, so its value is that probe's.
    return answer as ReturnType<Probes[P]>;
  }

  #start(): ChildProcess {
    const child = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.on('message', (answer: Answer) => {
      const asker = this.#askers.get(answer.id);
      this.#askers.delete(answer.id);
      if ('failed' in answer) asker?.reject(new Error('the probe failed'));
      else asker?.resolve(answer.value as never);
    });
    this.#exited = new Promise(resolve => {
      const gone = () => {
        this.#child = null;
        for (const { reject } of this.#askers.values()) reject(new Error('the process ended'));
        this.#askers.clear();
        resolve();
      };
      child.on('exit', gone);
      // It could not be started.
      child.on('error', gone);
    });
    return child;
  }
}
