/**
 * The media worker process: one GStreamer pipeline that holds our engine element, and a Unix socket to the firmware.
 *
 * It carries lines between the two (protocol.ts) and keeps the lease. It is not tied to the life of the firmware that
 * started it: the next one finds it by its socket. When nobody has renewed the lease it closes its legs and ends.
 *
 *     node worker.js --socket PATH [--dtls-certificate FILE] [--recordings DIRECTORY]
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { parseArgs } from 'node:util';
import type { BusMessage, Element, Pipeline } from 'gstreamer-superficial';
import { Compile } from 'typebox/compile';
import { CommandWriter } from './command-writer.ts';
import { LineSplitter, MAX_COMMAND_BYTES } from './line-splitter.ts';
import type { Fingerprint } from './protocol/dtls.ts';
import type { Load } from './protocol/figures.ts';
import { commands, PROTOCOL_VERSION } from './protocol.ts';
import { VERSION } from './version.ts';

// The package's main file is the native addon itself, which only require() can load.
const superficial = createRequire(import.meta.url)('gstreamer-superficial') as typeof import('gstreamer-superficial');

/** How long a worker that nobody has ever spoken to waits for its first `hello`. */
const FIRST_LEASE_MS = 10_000;
/** A firmware that reads nothing while this much waits for it is taken for dead. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** The engine answers `stop` within one tick; a process that still lives after this is ended by force. */
const STOP_LIMIT_MS = 2_000;

const isHello = Compile(commands.hello.params);

interface Line {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

class Worker {
  readonly #bootId = randomUUID();
  readonly #socketPath: string;
  readonly #pipeline: Pipeline;
  readonly #engine: Element;
  readonly #commands: CommandWriter;
  readonly #server: net.Server;
  #firmware: net.Socket | null = null;
  #leaseMs = FIRST_LEASE_MS;
  #lease: NodeJS.Timeout | undefined;
  /** Requests of our own to the engine carry negative ids. */
  #nextOwnId = -1;
  readonly #own = new Map<number, (result: unknown) => void>();
  #stopId: number | null = null;

  constructor(socketPath: string, certificate: string | undefined, recordings: string | undefined) {
    this.#socketPath = socketPath;
    // A lone element would itself become "the pipeline" and could not be found by name: hence the second one.
    this.#pipeline = new superficial.Pipeline('interconnect name=engine identity');
    const engine = this.#pipeline.findChild('engine');
    if (!engine) throw new Error('the interconnect element is missing: is GST_PLUGIN_PATH set to the built plugin?');
    this.#engine = engine;
    if (certificate !== undefined) engine['dtls-certificate'] = certificate;
    if (recordings !== undefined) engine['recording-directory'] = recordings;
    this.#commands = new CommandWriter(Number(engine['command-fd']));
    this.#server = net.createServer(socket => this.#connected(socket));
  }

  async start(): Promise<void> {
    await this.#claimSocket();
    this.#pipeline.pollBus(message => this.#fromEngine(message));
    this.#pipeline.play();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socketPath, resolve);
    });
    chmodSync(this.#socketPath, 0o600);
    this.#renewLease();
  }

  /** Removes what a killed worker left; refuses when a live one owns the path. */
  async #claimSocket(): Promise<void> {
    if (!existsSync(this.#socketPath)) return;
    const alive = await new Promise<boolean>(resolve => {
      const probe = net.connect(this.#socketPath);
      probe.once('connect', () => {
        probe.destroy();
        resolve(true);
      });
      probe.once('error', () => resolve(false));
    });
    if (alive) throw new Error(`another worker listens on ${this.#socketPath}`);
    unlinkSync(this.#socketPath);
  }

  #connected(socket: net.Socket): void {
    let greeted = false;
    const splitter = new LineSplitter(line => {
      if (greeted) this.#toEngine(line);
      else greeted = this.#greet(socket, line);
    }, MAX_COMMAND_BYTES);
    socket.on('data', chunk => {
      try {
        splitter.push(chunk as Buffer);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#firmware === socket) this.#firmware = null;
    });
  }

  /** The first line of a connection; a valid hello takes over from whoever was connected before. */
  #greet(socket: net.Socket, line: string): boolean {
    const { id, method, params } = parse(line);
    const refuse = (code: string, message: string): false => {
      socket.end(`${JSON.stringify({ id: id ?? 0, error: { code, message } })}\n`);
      return false;
    };
    if (typeof id !== 'number' || method !== 'hello' || !isHello.Check(params)) {
      return refuse('media.bad-request', 'the first command must be hello { protocol, client, leaseMs }');
    }
    if (params.protocol !== PROTOCOL_VERSION) {
      return refuse(
        'media.protocol-mismatch',
        `this worker speaks protocol ${PROTOCOL_VERSION}, not ${params.protocol}`,
      );
    }
    this.#firmware?.destroy();
    this.#firmware = socket;
    this.#leaseMs = params.leaseMs;
    this.#renewLease();
    this.#ask('ping', load => {
      const result = {
        protocol: PROTOCOL_VERSION,
        pid: process.pid,
        bootId: this.#bootId,
        worker: VERSION,
        engine: String(this.#engine.version),
        legs: (load as Load).legs,
        dtls: this.#dtls(),
      };
      this.#write(JSON.stringify({ id, result }));
    });
    return true;
  }

  #dtls(): Fingerprint | null {
    const value = String(this.#engine['dtls-fingerprint'] ?? '');
    return value === '' ? null : { hash: 'sha-256', value };
  }

  #toEngine(line: string): void {
    if (line === '') return;
    this.#renewLease();
    if (line.includes('"stop"')) {
      const { id, method } = parse(line);
      if (method === 'stop' && typeof id === 'number') this.#expectEnd(id);
    }
    if (!this.#commands.write(`${line}\n`)) this.#firmware?.destroy();
  }

  #fromEngine(message: BusMessage): void {
    if (message.json === undefined) {
      if (message.type === 'error') console.error(JSON.stringify(message));
      return;
    }
    // Parsed only while somebody in this process waits for an answer: the usual line passes through as it is.
    const { id, result } = this.#own.size > 0 || this.#stopId !== null ? parse(message.json) : {};
    const waiting = id === undefined ? undefined : this.#own.get(id);
    if (waiting && id !== undefined) {
      this.#own.delete(id);
      waiting(result);
    } else {
      this.#write(message.json);
    }
    if (id !== undefined && id === this.#stopId) this.#end();
  }

  #ask(method: 'ping' | 'stop', answered: (result: unknown) => void): number {
    const id = this.#nextOwnId--;
    this.#own.set(id, answered);
    this.#commands.write(`${JSON.stringify({ id, method, params: {} })}\n`);
    return id;
  }

  #write(line: string): void {
    const firmware = this.#firmware;
    if (!firmware) return;
    if (firmware.writableLength > MAX_UNREAD_BYTES) firmware.destroy();
    else firmware.write(`${line}\n`);
  }

  #renewLease(): void {
    clearTimeout(this.#lease);
    this.#lease = setTimeout(() => this.stop(), this.#leaseMs);
  }

  /** Closes every leg and ends the process. */
  stop(): void {
    if (this.#stopId === null) this.#expectEnd(this.#ask('stop', () => {}));
  }

  /** The answer to request `stopId` is the engine's last message. */
  #expectEnd(stopId: number): void {
    this.#stopId = stopId;
    clearTimeout(this.#lease);
    // process.exit() would hang on the thread that polls the bus, so force means a signal.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_LIMIT_MS).unref();
  }

  /** Must run inside the bus callback: only there does stop() end the polling thread. */
  #end(): void {
    this.#pipeline.stop();
    this.#server.close();
    this.#firmware?.end();
  }
}

function parse(line: string): Line {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

const { values } = parseArgs({
  options: { socket: { type: 'string' }, 'dtls-certificate': { type: 'string' }, recordings: { type: 'string' } },
});
if (!values.socket) {
  console.error('usage: worker --socket PATH [--dtls-certificate FILE] [--recordings DIRECTORY]');
  process.exit(2);
}
const worker = new Worker(values.socket, values['dtls-certificate'], values.recordings);
process.on('SIGTERM', () => worker.stop());
process.on('SIGINT', () => worker.stop());
await worker.start();
