import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from '../rig/children.ts';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { Heard, RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { rateOf, samplesOf, wavOf } from '../rig/wav.ts';

/** Longer than any call of a test. */
const TONE_SECONDS = 60;

/** Linphone's console with the settings of a page: it registers, answers by itself, says a tone and records. */
export class DocumentedLinphone {
  readonly frequencyHz: number;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'dl-'));
  #child: Child | undefined;

  /**
   * @param settings the text of ~/.linphonerc, which begins with the section [sip]
   * @param at where it listens, as a phone that registers nowhere
   */
  static async start(
    settings: string,
    frequencyHz: number,
    at?: { host: string; port: number },
  ): Promise<DocumentedLinphone> {
    const phone = new DocumentedLinphone(frequencyHz);
    await phone.#start(settings, at);
    return phone;
  }

  private constructor(frequencyHz: number) {
    this.frequencyHz = frequencyHz;
  }

  get #recording(): string {
    return path.join(this.#folder, 'heard.wav');
  }

  async #start(settings: string, at?: { host: string; port: number }): Promise<void> {
    const [rtpPort] = freePortRange(4);
    const tone = path.join(this.#folder, 'tone.wav');
    writeFileSync(tone, wavOf(sine(this.frequencyHz, -16, 0, TONE_SECONDS * RATE)));
    // It keeps a database there, and does not make the folder.
    mkdirSync(path.join(this.#folder, '.local/share/linphone'), { recursive: true });
    const rc = path.join(this.#folder, 'linphonerc');
    const { host, port } = at ?? { host: '127.0.0.1', port: await freePort() };
    const sip = `[sip]\nsip_port=${port}\nsip_tcp_port=0\nsip_tls_port=0\nbind_address=${host}\n`;
    const text = `${settings.replace('[sip]\n', sip)}\n[rtp]\naudio_rtp_port=${rtpPort}\n`;
    writeFileSync(rc, text, { mode: 0o600 });
    this.#child = await startChild('linphone', 'linphonec', ['-c', rc, '-a'], { env: { HOME: this.#folder } });
    this.#child.write(`soundcard use files\nplay ${tone}\nrecord ${this.#recording}\n`);
    const ready = () =>
      at ? this.#says('codec list', /PCMU/) : this.#says('status register', /registered, identity=/);
    await until('Linphone to be ready', ready, {
      limitMs: 10_000,
      everyMs: 200,
      state: () => this.#output(),
    });
  }

  /** It tells on request alone, and some time after. */
  #says(command: string, answer: RegExp): boolean {
    this.#child?.write(`${command}\n`);
    return answer.test(this.#output());
  }

  dial(uri: string): void {
    this.#child?.write(`call ${uri}\n`);
  }

  hangUp(): void {
    this.#child?.write('terminate\n');
  }

  /** What was heard in the only call, once it has ended; its first second is left out. */
  async heard(): Promise<Heard> {
    await until("the end of Linphone's call", () => /Call \d+ with .* ended/.test(this.#output()), {
      state: () => this.#output(),
    });
    // It records at the rate of what it hears.
    const file = readFileSync(this.#recording);
    const rate = rateOf(file);
    return new Heard(samplesOf(file, rate).subarray(rate), rate);
  }

  #output(): string {
    return this.#child?.output() ?? '';
  }

  async close(): Promise<void> {
    await this.#child?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
