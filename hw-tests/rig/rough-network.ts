import { execFileSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './children.ts';
import { release, reserve } from './reservations.ts';
import { until } from './until.ts';

const PYTHON = '/usr/bin/python3';
const program = fileURLToPath(new URL('rough-link.py', import.meta.url));
const NAMED = /^crosspoint-(\d+)$/;
const SEED = 20_261_127;

/** How a link is; absent: as it was. */
export interface Link {
  /** Share of the packets, 0–1. */
  readonly loss?: number;
  /** Each packet is held for delay ± jitter, so that they overtake each other. */
  readonly delayMs?: number;
  readonly jitterMs?: number;
  /** 0: as fast as it goes. */
  readonly kbit?: number;
  readonly up?: boolean;
}

/**
 * A network namespace with one link to ours, which is as bad as the test wants it: 198.18.x.1 here, 198.18.x.2 there (RFC 2544
 * §C.2.2: addresses of tests). Nothing leads from there to anywhere else. It goes with this process, whatever happens.
 */
export class RoughNetwork {
  /** Ours. */
  readonly here: string;
  /** What starts a program there. */
  readonly through: readonly string[];
  readonly #name: string;
  readonly #device: string;
  readonly #subnet: string;
  readonly #link: Child;
  #there: string;

  /** Why there can be none here; undefined: there can. */
  static lacking(): string | undefined {
    try {
      accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
      ip('netns', 'list');
      const probe = `crosspoint-${process.pid}`;
      ip('netns', 'add', probe);
      ip('netns', 'del', probe);
      return undefined;
    } catch (error) {
      return `a network namespace takes root, CAP_NET_ADMIN and /dev/net/tun: ${(error as Error).message.split('\n')[0]}`;
    }
  }

  static async open(): Promise<RoughNetwork> {
    clearLeftBehind();
    const name = `crosspoint-${process.pid}`;
    const number = Array.from({ length: 256 }, (_, i) => (process.pid + i) % 256).find(each => reserve(`net-${each}`));
    if (number === undefined) throw new Error('every network of 198.18.0.0/16 is in use');
    ip('netns', 'add', name);
    process.on('exit', () => {
      deleteNamespace(name);
      release(`net-${number}`);
    });
    // Chromium takes an interface whose name begins with "tun" for no way to anywhere.
    const [ours, theirs] = [`cpa${number}`, `cpb${number}`];
    const link = await startChild('the rough link', PYTHON, [program, ours, theirs, String(SEED)]);
    await until('the rough link', () => link.output().includes('ready') || link.exit(), { state: () => link.output() });
    const subnet = `198.18.${number}`;
    ip('link', 'set', theirs, 'netns', name);
    ip('address', 'add', `${subnet}.1/24`, 'dev', ours);
    ip('link', 'set', ours, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    const network = new RoughNetwork(name, theirs, subnet, link);
    network.#joinAs(network.there);
    return network;
  }

  private constructor(name: string, device: string, subnet: string, link: Child) {
    this.here = `${subnet}.1`;
    this.through = ['ip', 'netns', 'exec', name];
    this.#name = name;
    this.#device = device;
    this.#subnet = subnet;
    this.#link = link;
    this.#there = `${subnet}.2`;
  }

  /** The address there. */
  get there(): string {
    return this.#there;
  }

  /** From now on; what is on its way stays as it was. */
  become(link: Link): void {
    this.#link.write(`${JSON.stringify(link)}\n`);
  }

  /** As when a cable is pulled: the address stays. */
  plug(inserted: boolean): void {
    if (inserted) this.#joinAs(this.#there);
    else ip('-n', this.#name, 'link', 'set', this.#device, 'down');
  }

  /** As out of reach of one wireless network … */
  leave(): void {
    this.plug(false);
    ip('-n', this.#name, 'address', 'del', `${this.#there}/24`, 'dev', this.#device);
  }

  /** … and into that of another, with another address. */
  join(): void {
    const last = Number(this.#there.split('.').at(-1));
    this.#there = `${this.#subnet}.${last + 1}`;
    this.#joinAs(this.#there);
  }

  #joinAs(address: string): void {
    ip('-n', this.#name, 'address', 'replace', `${address}/24`, 'dev', this.#device);
    ip('-n', this.#name, 'link', 'set', this.#device, 'up');
    ip('-n', this.#name, 'route', 'replace', 'default', 'via', this.here, 'dev', this.#device);
  }

  async close(): Promise<void> {
    await this.#link.stop();
    deleteNamespace(this.#name);
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function deleteNamespace(name: string): void {
  try {
    ip('netns', 'del', name);
  } catch {
    // It is gone.
  }
}

/** Of test processes that were killed. */
function clearLeftBehind(): void {
  let names: string[] = [];
  try {
    names = readdirSync('/run/netns');
  } catch {
    // There has never been one.
  }
  for (const name of names) {
    const pid = NAMED.exec(name)?.[1];
    if (pid !== undefined && !readdirSync('/proc').includes(pid)) deleteNamespace(name);
  }
}
