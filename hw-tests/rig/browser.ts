import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { runProgram } from './run-program.ts';

const EXECUTABLE = '/usr/bin/chromium';
/** Headless, with a microphone that hums, and with nothing that calls home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // A machine without a network has a box all the same.
  '--allow-loopback-in-peer-connection',
];

/** Debian's Chromium of somebody whose system trusts one more authority, or none more. */
export class Browser {
  readonly #home: string;
  readonly #context: BrowserContext;

  /**
   * @param caFile PEM of the authority to trust
   * @param flags more of Chromium's
   * @param through what it is started with: a program that gives it another network
   */
  static async start(
    caFile?: string,
    flags: readonly string[] = [],
    through: readonly string[] = [],
  ): Promise<Browser> {
    const home = mkdtempSync(path.join(os.tmpdir(), 'w-'));
    const starter = path.join(home, 'chromium');
    writeFileSync(starter, `#!/bin/sh\nexec ${[...through, EXECUTABLE].join(' ')} "$@"\n`, { mode: 0o700 });
    if (caFile !== undefined) await trust(home, caFile);
    const context = await chromium.launchPersistentContext(path.join(home, 'profile'), {
      executablePath: through.length > 0 ? starter : EXECUTABLE,
      headless: true,
      args: [...FLAGS, ...flags],
      env: { ...process.env, HOME: home },
    });
    return new Browser(home, context);
  }

  private constructor(home: string, context: BrowserContext) {
    this.#home = home;
    this.#context = context;
  }

  /**
   * @param before runs in the page before anything of its own
   * @throws when the page cannot be loaded, as over a connection that is not trusted
   */
  async open(url: string, before?: string): Promise<Page> {
    const page = await this.#context.newPage();
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Chromium on Linux asks the user's NSS database, as `/trust` says. */
async function trust(home: string, caFile: string): Promise<void> {
  const folder = path.join(home, '.pki/nssdb');
  mkdirSync(folder, { recursive: true });
  for (const args of [
    ['-N', '--empty-password'],
    ['-A', '-t', 'C,,', '-n', 'crosspoint', '-i', caFile],
  ]) {
    const { code, stderr } = await runProgram('certutil', ['-d', `sql:${folder}`, ...args]);
    if (code !== 0) throw new Error(`certutil ${args[0]}: ${stderr}`);
  }
}
