import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { Load } from '../../pipelines/protocol/figures.ts';
import { PROTOCOL_VERSION } from '../../pipelines/protocol.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type ChannelListener, WorkerChannel, type WorkerEvent } from './channel.ts';
import { spawnWorker } from './worker-process.ts';

/** A worker without a firmware holds its legs for this long. */
const LEASE_MS = 5_000;
const PING_EVERY_MS = 1_000;
/** From spawn to a socket that answers; a Raspberry Pi with a cold cache takes a few seconds. */
const START_LIMIT_MS = 15_000;
const CONNECT_EVERY_MS = 10;
/** Waits before a worker that keeps dying is started again. The first restart is at once. */
const RESTART_DELAYS_MS = [0, 100, 1_000, 5_000];
/** How often a worker that is cleared is asked whether its recordings are complete. */
const RECORDINGS_END_MS = 20;
/** A disk that takes longer than 5 s must not keep the box from its calls. */
const RECORDINGS_END_LOOKS = 250;
/** A worker that lived this long is not one that keeps dying. */
const STABLE_MS = 30_000;

export interface SlotListener {
  event(event: WorkerEvent): void;
  /** The worker has gone, and its legs with it. */
  down(): void;
}

export interface SlotOptions {
  readonly index: number;
  /** Short (a Unix socket's path has 107 bytes) and readable by the service's user only. */
  readonly runDir: string;
  /** File of the box's key and certificate for DTLS-SRTP. */
  readonly certificate: string;
  /** The one folder in which it makes recordings; null: it makes none. */
  readonly recordings: string | null;
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One worker, kept running.
 *
 *              start()            hello answered
 *     idle ──────────▶ starting ────────────────▶ up
 *                        ▲  └──── failed ────┐     │ connection lost, or no answer to a ping
 *                        │                   ▼     ▼
 *                        └──── delay ────── down ◀─┘        close(): closed, from any state
 */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly #listener: SlotListener;
  readonly #socketPath: string;
  #channel: WorkerChannel | null = null;
  #child: ChildProcess | null = null;
  #pid: number | null = null;
  #load: Load | null = null;
  #fingerprint: Fingerprint | null = null;
  #timer: Timer | null = null;
  #failures = 0;
  #deaths = 0;
  #upSince = 0;
  #closed = false;

  constructor(options: SlotOptions, listener: SlotListener) {
    this.#options = options;
    this.#listener = listener;
    this.#socketPath = path.join(options.runDir, `worker-${options.index}.sock`);
  }

  /** The connection while the worker is up. */
  get channel(): WorkerChannel | null {
    return this.#channel;
  }

  /** How often it was lost since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  get index(): number {
    return this.#options.index;
  }

  get pid(): number | null {
    return this.#pid;
  }

  /** As of the last ping, at most a second old. */
  get load(): Load | null {
    return this.#load;
  }

  /** Of its certificate; null for one that can do no DTLS. */
  get fingerprint(): Fingerprint | null {
    return this.#fingerprint;
  }

  /** @throws CrosspointError media.worker-start when it does not come up */
  async start(): Promise<void> {
    const { index, clock, log } = this.#options;
    const deadline = clock.monotonic() + START_LIMIT_MS;
    for (;;) {
      const found = await this.#connect().catch(() => null);
      if (!found) return this.#launch();
      try {
        log.info({ worker: index }, 'found a running media worker; clearing it');
        return await this.#greet(found);
      } catch (error) {
        found.close();
        if (clock.monotonic() > deadline) throw error;
        // One of another version goes by itself when its lease runs out.
        log.info({ worker: index, problem: messageOf(error) }, 'waiting for the running media worker to end');
        await this.#pause(LEASE_MS / 5);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => this.#options.clock.after(ms, resolve));
  }

  async #launch(): Promise<void> {
    const { index, runDir, certificate, recordings, clock, log } = this.#options;
    const logFile = path.join(runDir, `worker-${index}.log`);
    const child = spawnWorker(this.#socketPath, certificate, logFile, recordings);
    this.#child = child;
    let ended: string | null = null;
    child.once('error', error => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `code ${code}`}`;
      if (this.#child === child) this.#child = null;
    });
    const deadline = clock.monotonic() + START_LIMIT_MS;
    for (;;) {
      const channel = await this.#connect().catch(() => null);
      if (channel) {
        await this.#greet(channel);
        log.info({ worker: index, pid: this.#pid }, 'media worker is up');
        return;
      }
      if (this.#closed) return;
      if (ended !== null || clock.monotonic() > deadline) {
        this.#kill();
        throw new CrosspointError(
          'media.worker-start',
          `media worker ${index} did not start: ${ended ?? 'no answer'}; see ${path.join(runDir, `worker-${index}.log`)}`,
        );
      }
      await this.#pause(CONNECT_EVERY_MS);
    }
  }

  #connect(): Promise<WorkerChannel> {
    const listener: ChannelListener = {
      event: event => this.#listener.event(event),
      closed: () => this.#down(),
    };
    return WorkerChannel.connect(this.#socketPath, this.#options.clock, listener);
  }

  /** Makes sure that the worker is of our protocol and holds nothing of another life. */
  async #greet(channel: WorkerChannel): Promise<void> {
    const hello = await channel.request('hello', {
      protocol: PROTOCOL_VERSION,
      client: this.#options.bootId,
      leaseMs: LEASE_MS,
    });
    this.#pid = hello.pid;
    this.#fingerprint = hello.dtls;
    if (hello.dtls === null) {
      const { index, runDir, log } = this.#options;
      log.error({ worker: index, see: path.join(runDir, `worker-${index}.log`) }, 'no DTLS-SRTP: no certificate');
    }
    await channel.request('reset', {});
    // Its files are to be complete before anybody looks at them.
    for (let looks = 0; looks < RECORDINGS_END_LOOKS; looks++) {
      if ((await channel.request('dump', {})).recordings.length === 0) break;
      await this.#pause(RECORDINGS_END_MS);
    }
    if (this.#closed) {
      channel.close();
      return;
    }
    this.#load = await channel.request('ping', {});
    this.#channel = channel;
    this.#upSince = this.#options.clock.monotonic();
    this.#schedulePing(channel);
  }

  #schedulePing(channel: WorkerChannel): void {
    this.#timer = this.#options.clock.after(PING_EVERY_MS, () => {
      channel.request('ping', {}).then(
        load => {
          if (this.#channel !== channel) return;
          this.#load = load;
          this.#schedulePing(channel);
        },
        () => channel.close(), // no answer: it hangs; losing the connection leads to #down
      );
    });
  }

  #down(): void {
    if (this.#channel === null) return;
    const { index, clock, log } = this.#options;
    log.error({ worker: index, pid: this.#pid }, 'media worker lost; its calls end and a new one is started');
    this.#channel = null;
    this.#load = null;
    this.#deaths += 1;
    this.#timer?.stop();
    this.#kill();
    this.#listener.down();
    if (clock.monotonic() - this.#upSince > STABLE_MS) this.#failures = 0;
    this.#restart();
  }

  #restart(): void {
    if (this.#closed) return;
    const delay = RESTART_DELAYS_MS[Math.min(this.#failures++, RESTART_DELAYS_MS.length - 1)] ?? 0;
    this.#timer = this.#options.clock.after(delay, () => {
      this.#launch().catch(error => {
        this.#options.log.error(
          { worker: this.#options.index, problem: messageOf(error) },
          'media worker did not start',
        );
        this.#restart();
      });
    });
  }

  /** A worker that hangs, or whose connection broke, must not go on sending: two would own the same ports. */
  #kill(): void {
    const pid = this.#child?.pid ?? this.#pid;
    this.#child = null;
    this.#pid = null;
    if (pid === null || pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it is gone already
    }
  }

  /** Ends the worker, politely where it listens. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.stop();
    const channel = this.#channel;
    const child = this.#child;
    this.#channel = null;
    if (!channel) {
      this.#kill();
      return;
    }
    const exited = child ? new Promise<void>(resolve => child.once('exit', () => resolve())) : Promise.resolve();
    await channel.request('stop', {}).catch(() => this.#kill());
    channel.close();
    await exited;
  }
}
