import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type ChildExit, startChild } from './children.ts';
import { boundUdpPorts, freePort } from './free-ports.ts';
import { Tail } from './tail.ts';
import { until, within } from './until.ts';

export interface SippOptions {
  /** A file of scenarios/, without ".xml"; its comment says which keys it takes. */
  readonly scenario: string;
  readonly host?: string;
  /** Its own port; one that is free unless somebody must know it before. */
  readonly port?: number;
  readonly transport?: 'udp' | 'tcp';
  /** Whom a caller calls. */
  readonly remote?: { readonly host: string; readonly port: number };
  /** Where packets go when that is not `remote`: a relay. */
  readonly via?: { readonly host: string; readonly port: number };
  readonly user?: string;
  readonly calls?: number;
  /** Calls a second. */
  readonly rate?: number;
  /** Words of the scenario that are filled in. */
  readonly keys?: Readonly<Record<string, string | number>>;
  /** After which SIPp gives up. */
  readonly limitSeconds?: number;
  /** Writes every message to a file; on unless there are many calls. */
  readonly traceMessages?: boolean;
}

const scenarios = fileURLToPath(new URL('scenarios', import.meta.url));

/** A SIPp process with one scenario. It retransmits as RFC 3261 §17 says (T1 500 ms, T2 4 s, Timers B, F and H 32 s). */
export class Sipp {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #child: Child;
  readonly #watch: NodeJS.Timeout;
  readonly #log: Tail;
  readonly #seen: string[] = [];
  readonly #listeners: ((line: string) => void)[] = [];

  static async start(options: SippOptions): Promise<Sipp> {
    const host = options.host ?? '127.0.0.1';
    const port = options.port ?? (await freePort(host));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sipp-'));
    writeFileSync(path.join(folder, 'scenario.xml'), scenarioText(options, port));
    const args = argumentsFor(options, host, port, await freePort());
    const child = await startChild(`sipp ${options.scenario}`, 'sipp', args, {
      cwd: folder,
      env: { TERM: 'dumb' },
    });
    const sipp = new Sipp(host, port, folder, child);
    if (!options.remote) await sipp.#listening(options.transport ?? 'udp');
    return sipp;
  }

  private constructor(host: string, port: number, folder: string, child: Child) {
    this.host = host;
    this.port = port;
    this.#folder = folder;
    this.#child = child;
    this.#log = new Tail(path.join(folder, 'scenario.log'));
    this.#watch = setInterval(() => this.#readLog(), 10);
  }

  async #listening(transport: 'udp' | 'tcp'): Promise<void> {
    const isBound = () =>
      transport === 'udp'
        ? boundUdpPorts().has(this.port)
        : ['tcp', 'tcp6'].some(table => this.#listensIn(readFileSync(`/proc/net/${table}`, 'utf8')));
    await until(`${this.#child.name} to listen`, () => this.#child.exit() || isBound());
    if (this.#child.exit()) throw new Error(`${this.#child.name} ended at once: ${this.#child.output().slice(-2000)}`);
  }

  #listensIn(table: string): boolean {
    const port = this.port.toString(16).toUpperCase().padStart(4, '0');
    return new RegExp(`^ *\\d+: [0-9A-F]+:${port} 0+:0000 0A `, 'm').test(table);
  }

  #readLog(): void {
    const lines = this.#log.lines();
    this.#seen.push(...lines);
    for (const line of lines) for (const listener of this.#listeners) listener(line);
  }

  #read(file: string): string {
    const full = path.join(this.#folder, file);
    return existsSync(full) ? readFileSync(full, 'utf8') : '';
  }

  /** Lines of the scenario's <log> actions so far. */
  get log(): readonly string[] {
    this.#readLog();
    return this.#seen;
  }

  onLog(listener: (line: string) => void): void {
    for (const line of this.#seen) listener(line);
    this.#listeners.push(listener);
  }

  /** The first line of the log, past or to come, that begins with `word`. */
  logged(word: string, limitMs = 10_000): Promise<string> {
    return until(`${word} of ${this.#child.name}`, () => this.log.find(line => line.startsWith(word)), {
      limitMs,
      state: () => ({ log: this.log, errors: this.#read('errors').slice(-1000), exit: this.#child.exit() }),
    });
  }

  /** Every message sent and received, as text, in order. */
  messages(): { readonly sent: boolean; readonly text: string }[] {
    return this.#read('messages')
      .split(/^-{40,}.*\n/m)
      .slice(1)
      .flatMap(block => {
        const head = /^UDP|^TCP/.test(block) ? block.split('\n', 1)[0] : undefined;
        if (head === undefined) return [];
        return [{ sent: head.includes('sent'), text: block.slice(head.length).trim() }];
      });
  }

  /** The requests of a method that it received, each transmission. */
  requests(method: string): string[] {
    return this.messages().flatMap(({ sent, text }) => (!sent && text.startsWith(`${method} `) ? [text] : []));
  }

  /** Waits until all its calls are over. @throws when one of them failed */
  async succeeded(limitMs = 20_000): Promise<void> {
    const { code } = await this.ended(limitMs);
    if (code !== 0) {
      throw new Error(
        `${this.#child.name} ended with ${code}: ${this.#read('errors').slice(-2000)}${this.log.join('\n')}`,
      );
    }
  }

  /** Waits until all its calls are over, well or not. */
  ended(limitMs = 20_000): Promise<ChildExit> {
    return within(limitMs, this.#child.name, this.#child.exited);
  }

  /** How many calls succeeded and failed, by its own account; when it has ended. */
  counts(): { successful: number; failed: number } {
    const rows = this.#read('statistics.csv').trim().split('\n');
    const names = rows[0]?.split(';') ?? [];
    const last = rows.at(-1)?.split(';') ?? [];
    const of = (name: string) => Number(last[names.indexOf(name)] ?? Number.NaN);
    return { successful: of('SuccessfulCall(C)'), failed: of('FailedCall(C)') };
  }

  errors(): string {
    return this.#read('errors');
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#log.close();
    await this.#child.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The scenario with its keys filled in: SIPp's own -key reaches neither a response's status nor the length of a pause. */
function scenarioText({ scenario, keys }: SippOptions, port: number): string {
  const text = scenarioFile(scenario).replace(/^\[include (\S+)\]$/m, (_, part) => scenarioFile(part));
  const usual = {
    hold_port: '[rtp_port]',
    before_ms: 300,
    rtp_port: 9,
    contact_port: port,
    payload_type: 0,
    rtpmap: 'PCMU/8000',
    ring_ms: 1,
    hold_ms: 500,
  };
  const all = { ...usual, ...keys };
  return Object.entries(all).reduce((filled, [key, value]) => filled.replaceAll(`[${key}]`, String(value)), text);
}

function scenarioFile(name: string): string {
  return readFileSync(path.join(scenarios, `${name}.xml`), 'utf8');
}

function argumentsFor(options: SippOptions, host: string, port: number, controlPort: number): string[] {
  const { calls = 1, rate = 10, limitSeconds = 60, transport = 'udp', traceMessages = calls <= 100 } = options;
  return [
    ...[
      '-sf',
      'scenario.xml',
      '-i',
      host,
      '-mi',
      host,
      '-p',
      String(port),
      '-cp',
      String(controlPort),
      '-t',
      transport === 'udp' ? 'u1' : 't1',
    ],
    ...['-m', String(calls), '-r', String(rate), '-l', String(Math.max(calls, 10)), '-s', options.user ?? 'service'],
    // Sends of one request within Timers B and F: at 0, 0.5, 1.5, 3.5, … s.
    ...['-max_invite_retrans', '7', '-max_non_invite_retrans', '11'],
    // A surprise (a late 180, say) is no reason to give a call up.
    ...['-default_behaviors', 'all,-abortunexp', '-nostdin', '-timer_resol', '5'],
    ...['-timeout', `${limitSeconds}s`, '-timeout_error'],
    ...['-trace_logs', '-log_file', 'scenario.log', '-trace_err', '-error_file', 'errors'],
    ...['-trace_stat', '-stf', 'statistics.csv', '-fd', '1s'],
    ...(traceMessages ? ['-trace_msg', '-message_file', 'messages'] : []),
    ...(options.via ? ['-rsa', `${options.via.host}:${options.via.port}`] : []),
    // By itself it signs the host alone, which would be good for any number there.
    ...(options.remote ? ['-auth_uri', `${options.user ?? 'service'}@${addressOf(options.remote)}`] : []),
    ...(options.remote ? [addressOf(options.remote)] : []),
  ];
}

function addressOf({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
