import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/sbin/mosquitto';

export interface MosquittoOptions {
  /** Beside the box's own, by name. */
  readonly users?: Readonly<Record<string, string>>;
  readonly acl?: string;
}

/** Debian's mosquitto with a configuration of its own: the box's login, and those named. It can be stopped and started again. */
export class Mosquitto {
  readonly username = 'box';
  readonly password = 'p@ss:word';
  readonly #options: MosquittoOptions;
  #folder = '';
  #port = 0;
  #child: ChildProcess | null = null;

  constructor(options: MosquittoOptions = {}) {
    this.#options = options;
  }

  get url(): string {
    return this.urlFor(this.username, this.password);
  }

  urlFor(username: string, password: string): string {
    return `mqtt://${username}:${encodeURIComponent(password)}@127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    if (this.#port === 0) {
      this.#port = await freePort();
      this.#folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
      const passwords = join(this.#folder, 'passwords');
      writeFileSync(passwords, '', { mode: 0o600 });
      for (const [name, password] of Object.entries({ ...this.#options.users, [this.username]: this.password }))
        execFileSync('mosquitto_passwd', ['-b', passwords, name, password], { stdio: 'ignore' });
      const acl = join(this.#folder, 'acl');
      if (this.#options.acl) writeFileSync(acl, this.#options.acl, { mode: 0o600 });
      writeFileSync(
        join(this.#folder, 'mosquitto.conf'),
        `listener ${this.#port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nuser root\nlog_type error\n${this.#options.acl ? `acl_file ${acl}\n` : ''}`,
      );
    }
    this.#child = spawn(PROGRAM, ['-c', join(this.#folder, 'mosquitto.conf')], { stdio: 'ignore' });
    await listening(this.#port, this.#child);
    return this;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async close(): Promise<void> {
    await this.stop();
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
