import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from './children.ts';
import { freePort } from './free-ports.ts';
import { until } from './until.ts';

export interface MosquittoOptions {
  /** Beside the box's own, by name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Its access list. */
  readonly acl?: string;
  /** It listens by TLS, and lets in who shows a certificate of that authority. */
  readonly tls?: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
  /** More lines of its configuration. */
  readonly lines?: readonly string[];
}

/** Debian's broker on a port of its own, with users that this makes up; what it retains lives as long as it. */
export class Mosquitto {
  readonly port: number;
  readonly username = 'crosspoint';
  readonly password = 'a:word/with@marks';
  readonly #scheme: 'mqtt' | 'mqtts';
  readonly #folder: string;
  #child: Child | undefined;

  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), options);
    await broker.start();
    return broker;
  }

  private constructor(port: number, { users, acl, tls, lines = [] }: MosquittoOptions) {
    this.port = port;
    this.#scheme = tls ? 'mqtts' : 'mqtt';
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'mq-'));
    const passwords = path.join(this.#folder, 'passwords');
    writeFileSync(passwords, '', { mode: 0o600 });
    for (const [name, password] of Object.entries({ ...users, [this.username]: this.password }))
      execFileSync('mosquitto_passwd', ['-b', passwords, name, password], { stdio: 'pipe' });
    const aclFile = path.join(this.#folder, 'acl');
    if (acl !== undefined) writeFileSync(aclFile, acl, { mode: 0o600 });
    writeFileSync(
      path.join(this.#folder, 'mosquitto.conf'),
      [
        `listener ${port} 127.0.0.1`,
        ...(tls ? [`cafile ${tls.caFile}`, `certfile ${tls.certificateFile}`, `keyfile ${tls.keyFile}`] : []),
        ...(tls ? ['require_certificate true'] : []),
        'allow_anonymous false',
        ...(acl === undefined ? [] : [`acl_file ${aclFile}`]),
        `password_file ${passwords}`,
        'persistence false',
        // As root it would change to a user that may not read this folder.
        `user ${os.userInfo().username}`,
        'log_dest stderr',
        'log_type all',
        ...lines,
        '',
      ].join('\n'),
    );
    chmodSync(this.#folder, 0o700);
  }

  get url(): string {
    return this.urlFor(this.username, this.password);
  }

  /** @param port of somebody who passes on to it */
  urlFor(username: string, password: string, port = this.port): string {
    return `${this.#scheme}://${username}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  }

  /** Again after stop(): a broker that came back, with nothing retained. */
  async start(): Promise<void> {
    this.#child = await startChild('mosquitto', '/usr/sbin/mosquitto', [
      '-c',
      path.join(this.#folder, 'mosquitto.conf'),
    ]);
    await until('mosquitto to listen', () => this.#accepts(), { state: () => this.#child?.output() });
  }

  #accepts(): Promise<boolean> {
    return new Promise(resolve => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }

  output(): string {
    return this.#child?.output() ?? '';
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Power off: nothing is sent or saved any more. */
  async kill(): Promise<void> {
    await this.#child?.stop('SIGKILL');
  }

  /** It takes connections and bytes, and does nothing with them, until `resume`. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.exit() === null) process.kill(this.#child.pid, signal);
  }

  async close(): Promise<void> {
    this.resume();
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
