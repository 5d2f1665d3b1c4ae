import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { within } from '../rig/until.ts';
import { pin } from './pinning.ts';
import { inRepository } from './tools.ts';

const START_MS = 20_000;

/** A program of the bench in a process of its own: one message to it, one message back. */
export class BenchChild<Ready, Order extends object, Report> {
  readonly pid: number;
  readonly ready: Ready;
  readonly #child: ChildProcess;

  /** @param program its path from the root; it says when it is ready. @param core on which it is held, with all its threads */
  static async start<Ready, Order extends object, Report>(
    program: string,
    core: number,
    args: readonly string[] = [],
  ): Promise<BenchChild<Ready, Order, Report>> {
    const child = fork(inRepository(program), args);
    try {
      const ready = (await answerOf(child, START_MS, `starting ${program}`)) as Ready;
      await pin(child.pid as number, core);
      return new BenchChild(child, ready);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.pid = child.pid as number;
    this.ready = ready;
  }

  /** @throws when it ends or says nothing for `limitMs` */
  async ask(order: Order, limitMs: number): Promise<Report> {
    const answer = answerOf(this.#child, limitMs, 'the measurement');
    this.#child.send(order);
    return (await answer) as Report;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}

async function answerOf(child: ChildProcess, limitMs: number, what: string): Promise<unknown> {
  const watch = new AbortController();
  const { signal } = watch;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${what}: the process has ended`);
  });
  const answered = once(child, 'message', { signal }).then(([message]) => message as unknown);
  for (const promise of [ended, answered]) promise.catch(() => {});
  try {
    return await within(limitMs, what, Promise.race([answered, ended]));
  } finally {
    watch.abort();
  }
}

/** How long a process's main thread has waited for its core since it began, milliseconds: what makes a load late. */
export function waitedMs(pid: number): number {
  const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
  return Number(waitedNs) / 1e6;
}

/**
 * A load that had to wait for more of the time than this share was late. Waking up takes some 15 µs each: at 1,000 calls
 * a second that alone is 6 %.
 */
const MOST_WAITING = 0.1;

/** Why what a load saw says more about the machine than about the server; null when it counts. */
export function whyLoadWasLate(waited: number, seconds: number): string | null {
  return waited > MOST_WAITING * seconds * 1000 ? `the load waited ${waited.toFixed(0)} ms for its core` : null;
}
