import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ChildExit, startChild } from './children.ts';
import { freePort, freePortRange } from './free-ports.ts';
import { root } from './own-box.ts';
import { within } from './until.ts';

export interface Ended extends ChildExit {
  readonly output: string;
}

/** A folder with a configuration file that is as its author wrote it, right or wrong. */
export class ConfigFolder {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'c-'));
  readonly file = path.join(this.folder, 'box.yaml');

  constructor(yaml: string) {
    writeFileSync(this.file, yaml);
  }

  /** Runs a program of dist/ to its end, in the folder. */
  async run(program: string, args: readonly string[], limitMs = 15_000): Promise<Ended> {
    const child = await startChild(program, process.execPath, [path.join(root, 'dist', program), ...args], {
      cwd: this.folder,
    });
    try {
      const exit = await within(limitMs, program, child.exited);
      // The last of the output may come after the exit.
      await new Promise(resolve => setImmediate(resolve));
      return { ...exit, output: child.output() };
    } finally {
      await child.stop('SIGKILL');
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A right configuration on free ports, as text, one key a line. */
export async function rightConfig(): Promise<string> {
  const [http, sip, broker] = [await freePort(), await freePort(), await freePort()];
  const [first, last] = freePortRange(100);
  return `http:
  host: 127.0.0.1
  port: ${http}
sip:
  listeners:
    - { transport: udp, host: 127.0.0.1, port: ${sip} }
    - { transport: tcp, host: 127.0.0.1, port: ${sip} }
media:
  host: 127.0.0.1
  ports: [${first}, ${last}]
  workers: 1
mqtt:
  embedded: { host: 127.0.0.1, port: ${broker} }
stateDir: ./state
projects:
  - opentok:
      apiKey: "46000001"
      apiSecret: "a secret that nobody may see"
`;
}
