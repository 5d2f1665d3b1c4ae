import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from './children.ts';
import { freePort } from './free-ports.ts';
import { until } from './until.ts';

/** Debian's broker on a port of its own, with users that this makes up; what it retains lives as long as it. */
export class Mosquitto {
  readonly port: number;
  readonly username = 'crosspoint';
  readonly password = 'a:word/with@marks';
  readonly #folder: string;
  #child: Child | undefined;

  static async start(): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort());
    await broker.start();
    return broker;
  }

  private constructor(port: number) {
    this.port = port;
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'mq-'));
    const passwords = path.join(this.#folder, 'passwords');
    writeFileSync(passwords, '', { mode: 0o600 });
    execFileSync('mosquitto_passwd', ['-b', passwords, this.username, this.password], { stdio: 'pipe' });
    writeFileSync(
      path.join(this.#folder, 'mosquitto.conf'),
      [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous false',
        `password_file ${passwords}`,
        'persistence false',
        // As root it would change to a user that may not read this folder.
        `user ${os.userInfo().username}`,
        'log_dest stderr',
        'log_type all',
        '',
      ].join('\n'),
    );
    chmodSync(this.#folder, 0o700);
  }

  get url(): string {
    return `mqtt://${this.username}:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}`;
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

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
