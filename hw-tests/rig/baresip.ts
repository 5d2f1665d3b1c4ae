import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from './children.ts';
import { freePort, freePortRange } from './free-ports.ts';
import { Heard, RATE, sine } from './tones.ts';
import { until, within } from './until.ts';
import { samplesOf, wavOf } from './wav.ts';

/** A codec as baresip names it, with the module that it is in. */
export interface BaresipCodec {
  readonly module: string;
  /** As in audio_codecs: name/rate/channels. */
  readonly name: string;
  /** Of what it plays and records. */
  readonly rate: number;
  readonly channels: 1 | 2;
}

const G711 = (law: string): BaresipCodec => ({ module: 'g711', name: `${law}/8000/1`, rate: RATE, channels: 1 });

/** Longer than any call of a test. */
const TONE_SECONDS = 60;

interface ControlAnswer {
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
  readonly type?: string;
}

export interface BaresipOptions {
  readonly frequencyHz: number;
  readonly law?: 'PCMU' | 'PCMA';
  /** Default: that law. */
  readonly codec?: BaresipCodec;
  /** What it sends and asks for. Default 20. */
  readonly packetMs?: number;
  /** Default: loopback, and any free port of it. */
  readonly host?: string;
  readonly port?: number;
  /** SRTP or no call: with keys in SDP (RFC 4568), or by DTLS, which it offers as UDP/TLS/RTP/SAVPF. */
  readonly secured?: boolean | 'dtls';
}

/**
 * baresip without a screen: a real phone with its own SIP stack, codecs and jitter buffer. It answers every call by
 * itself, says a tone, and keeps what it hears in a WAV file.
 */
export class Baresip {
  readonly host: string;
  readonly sipPort: number;
  readonly frequencyHz: number;
  readonly #folder: string;
  readonly #controlPort: number;
  readonly #codec: BaresipCodec;
  #child: Child | undefined;

  static async start(options: BaresipOptions): Promise<Baresip> {
    const { host = '127.0.0.1', port } = options;
    // It listens for TLS on the next port as well.
    const phone = new Baresip(host, port ?? (await freePort(host)), await freePort(), options);
    await phone.#start(options.packetMs ?? 20, mediaencOf(options.secured ?? false));
    return phone;
  }

  private constructor(host: string, sipPort: number, controlPort: number, options: BaresipOptions) {
    const { frequencyHz, law, codec } = options;
    this.host = host;
    this.#codec = codec ?? G711(law ?? 'PCMU');
    this.sipPort = sipPort;
    this.#controlPort = controlPort;
    this.frequencyHz = frequencyHz;
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'bs-'));
  }

  get uri(): string {
    return `sip:baresip@${this.host}:${this.sipPort}`;
  }

  async #start(packetMs: number, mediaenc: string): Promise<void> {
    const { module, name, rate, channels } = this.#codec;
    const [firstPort, lastPort] = freePortRange(20);
    const tone = path.join(this.#folder, 'tone.wav');
    writeFileSync(tone, wavOf(sine(this.frequencyHz, -16, 0, TONE_SECONDS * rate, rate), rate, channels));
    const config = [
      `sip_listen ${this.host}:${this.sipPort}`,
      `net_interface ${this.host}`,
      `rtp_ports ${firstPort}-${lastPort}`,
      'module_path /usr/lib/baresip/modules',
      ...[module, 'srtp', 'dtls_srtp', 'aufile', 'aubridge', 'sndfile'].map(name => `module ${name}.so`),
      ...['account', 'menu', 'ctrl_tcp'].map(name => `module_app ${name}.so`),
      `ctrl_tcp_listen 127.0.0.1:${this.#controlPort}`,
      `audio_source aufile,${tone}`,
      // A bridge whose other end nobody opens: a loudspeaker that is not there.
      'audio_player aubridge,nowhere',
      `snd_path ${this.#folder}`,
      `ausrc_channels ${channels}`,
      `auplay_channels ${channels}`,
      '',
    ];
    writeFileSync(path.join(this.#folder, 'config'), config.join('\n'));
    const terms = `audio_codecs=${name};ptime=${packetMs}${mediaenc}`;
    writeFileSync(
      path.join(this.#folder, 'accounts'),
      `<sip:baresip@${this.host}:${this.sipPort}>;regint=0;answermode=auto;${terms}\n`,
    );
    writeFileSync(path.join(this.#folder, 'contacts'), '');
    this.#child = await startChild('baresip', 'baresip', ['-f', this.#folder]);
    await until('baresip to be ready', () => this.#child?.output().includes('baresip is ready'), {
      state: () => this.#child?.output(),
    });
  }

  /** Calls somebody. */
  async dial(uri: string): Promise<void> {
    await this.#command('dial', uri);
  }

  async hold(): Promise<void> {
    await this.#command('hold');
  }

  async resume(): Promise<void> {
    await this.#command('resume');
  }

  /** REFER. */
  async transfer(uri: string): Promise<void> {
    await this.#command('transfer', uri);
  }

  async hangUp(): Promise<void> {
    await this.#command('hangup');
  }

  output(): string {
    return this.#child?.output() ?? '';
  }

  /** What was heard in the latest call, from `skipSeconds` on; call it after the call has ended. */
  heard(skipSeconds = 1): Heard {
    const file = readdirSync(this.#folder)
      .filter(name => name.endsWith('-dec.wav'))
      .sort()
      .at(-1);
    if (!file) throw new Error(`baresip has recorded nothing: ${this.output().slice(-3000)}`);
    const { rate } = this.#codec;
    return new Heard(samplesOf(readFileSync(path.join(this.#folder, file)), rate).subarray(skipSeconds * rate), rate);
  }

  /** ctrl_tcp speaks JSON in netstrings. */
  #command(command: string, params = ''): Promise<ControlAnswer> {
    const request = JSON.stringify({ command, params, token: 'test' });
    const answer = new Promise<ControlAnswer>((resolve, reject) => {
      const socket = net.connect(this.#controlPort, '127.0.0.1', () => {
        socket.write(`${Buffer.byteLength(request)}:${request},`);
      });
      let text = '';
      socket.on('data', chunk => {
        text += chunk.toString('utf8');
        const found = netstrings(text).find(({ response }) => response);
        if (!found) return;
        socket.destroy();
        resolve(found);
      });
      socket.once('error', reject);
    });
    return within(5_000, `baresip's answer to ${command}`, answer);
  }

  async close(): Promise<void> {
    await this.#child?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function mediaencOf(secured: NonNullable<BaresipOptions['secured']>): string {
  if (secured === false) return '';
  return `;mediaenc=${secured === 'dtls' ? 'dtls_srtp' : 'srtp-mand'}`;
}

function netstrings(text: string): ControlAnswer[] {
  const found: ControlAnswer[] = [];
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(':', at);
    const end = colon + 1 + Number(text.slice(at, colon));
    if (colon < 0 || !(end < text.length)) break;
    found.push(JSON.parse(text.slice(colon + 1, end)) as ControlAnswer);
    at = end + 1;
  }
  return found;
}
