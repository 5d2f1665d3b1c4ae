import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from '../rig/children.ts';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { Heard, RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { samplesOf, wavOf } from '../rig/wav.ts';

/** Longer than any call of a test. */
const TONE_SECONDS = 60;

export interface DocumentedBaresipOptions {
  /** The text of the file of that name. */
  readonly accounts: string;
  readonly frequencyHz: number;
  /** Where it listens; by default any free port of loopback, and then it has to register. */
  readonly at?: { readonly host: string; readonly port: number };
}

/** baresip with an account as a page has it: it registers, answers by itself, says a tone and records what it hears. */
export class DocumentedBaresip {
  readonly frequencyHz: number;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'db-'));
  #child: Child | undefined;

  static async start(options: DocumentedBaresipOptions): Promise<DocumentedBaresip> {
    const phone = new DocumentedBaresip(options.frequencyHz);
    await phone.#start(options);
    return phone;
  }

  private constructor(frequencyHz: number) {
    this.frequencyHz = frequencyHz;
  }

  async #start({ accounts, at }: DocumentedBaresipOptions): Promise<void> {
    const { host, port } = at ?? { host: '127.0.0.1', port: await freePort() };
    const [firstPort, lastPort] = freePortRange(20);
    const tone = path.join(this.#folder, 'tone.wav');
    writeFileSync(tone, wavOf(sine(this.frequencyHz, -16, 0, TONE_SECONDS * RATE)));
    const config = [
      `sip_listen ${host}:${port}`,
      `net_interface ${host}`,
      `rtp_ports ${firstPort}-${lastPort}`,
      'module_path /usr/lib/baresip/modules',
      ...['stdio', 'g711', 'srtp', 'aufile', 'aubridge', 'sndfile'].map(name => `module ${name}.so`),
      ...['account', 'menu'].map(name => `module_app ${name}.so`),
      `audio_source aufile,${tone}`,
      // A bridge whose other end nobody opens: a loudspeaker that is not there.
      'audio_player aubridge,nowhere',
      `snd_path ${this.#folder}`,
      'ausrc_channels 1',
      'auplay_channels 1',
      '',
    ];
    writeFileSync(path.join(this.#folder, 'config'), config.join('\n'));
    const answering = accounts.replace(/\n$/, ';answermode=auto\n');
    writeFileSync(path.join(this.#folder, 'accounts'), answering, { mode: 0o600 });
    writeFileSync(path.join(this.#folder, 'contacts'), '');
    this.#child = await startChild('baresip', 'baresip', ['-f', this.#folder]);
    const sign = at ? 'baresip is ready' : '200 OK';
    await until(`baresip to say "${sign}"`, () => this.#output().includes(sign), {
      limitMs: 10_000,
      state: () => this.#output(),
    });
  }

  dial(uri: string): void {
    this.#child?.write(`/dial ${uri}\n`);
  }

  hangUp(): void {
    this.#child?.write('/hangup\n');
  }

  /** What was heard in the only call, once it has ended; its first second is left out. */
  async heard(): Promise<Heard> {
    await until("the end of baresip's call", () => this.#output().includes('terminated'), {
      state: () => this.#output(),
    });
    const file = readdirSync(this.#folder).find(name => name.endsWith('-dec.wav'));
    if (!file) throw new Error(`baresip has recorded nothing: ${this.#output().slice(-3000)}`);
    return new Heard(samplesOf(readFileSync(path.join(this.#folder, file))).subarray(RATE));
  }

  #output(): string {
    return this.#child?.output() ?? '';
  }

  async close(): Promise<void> {
    await this.#child?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
