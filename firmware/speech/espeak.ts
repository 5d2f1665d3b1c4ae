import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { SpeechEngine, SpeechProvider, VoiceKind } from './provider.ts';

export interface EspeakOptions {
  readonly clock: Clock;
  readonly program?: string;
  /** For one text: a thousand words take half a second of a slow core. */
  readonly timeoutMs?: number;
}

/** As the built-in prompts are spoken (provisioning/bootstrap.sh). */
const WORDS_PER_MINUTE = '150';
const FEMALE = '+f2';
const WAV_HEADER_BYTES = 44;
const MAX_OUTPUT = 256 * 1024;

/** espeak-ng: a process for each text, which gets it through a pipe and never as an argument. */
export class Espeak implements SpeechProvider {
  readonly #options: Required<EspeakOptions>;
  readonly #running = new Set<ChildProcess>();
  #closed = false;

  constructor({ clock, program = 'espeak-ng', timeoutMs = 10_000 }: EspeakOptions) {
    this.#options = { clock, program, timeoutMs };
  }

  async probe(): Promise<SpeechEngine> {
    const [version, voices] = await Promise.all([this.#run(['--version'], ''), this.#run(['--voices'], '')]);
    return {
      version: /\d+(\.\d+)+/.exec(version)?.[0] ?? 'unknown',
      languages: languagesIn(voices),
      voiceOf: (language: string, kind: VoiceKind | null) => `${language}${kind === 'female' ? FEMALE : ''}`,
      speak: async (text, voice, file) => {
        await this.#run(['-v', voice, '-s', WORDS_PER_MINUTE, '-b', '1', '-w', file, '--stdin'], text);
        // It does not say so where it cannot write.
        const bytes = await stat(file).then(({ size }) => size, messageOf);
        if (typeof bytes === 'string' || bytes <= WAV_HEADER_BYTES) throw failed('no sound was written to the disk');
      },
    };
  }

  /** What is being spoken is broken off. */
  close(): void {
    this.#closed = true;
    for (const child of this.#running) child.kill('SIGKILL');
  }

  /** Resolves with what it printed. */
  #run(args: readonly string[], input: string): Promise<string> {
    const { clock, program, timeoutMs } = this.#options;
    if (this.#closed) return Promise.reject(failed('The service is ending'));
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      this.#running.add(child);
      let output = '';
      let late = false;
      const timer = clock.after(timeoutMs, () => {
        late = true;
        child.kill('SIGKILL');
      });
      child.on('spawn', () => giveWay(child.pid));
      child.on('error', error => {
        timer.stop();
        this.#running.delete(child);
        reject(unavailable(program, error));
      });
      child.on('close', code => {
        timer.stop();
        this.#running.delete(child);
        if (code === 0) resolve(output);
        else reject(failed(late ? `It took longer than ${timeoutMs / 1000} s` : `${program} ended with ${code}`));
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < MAX_OUTPUT) output += text;
      });
      // It may end before it has read all.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  }
}

/** Calls come first. */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

function failed(why: string): CrosspointError {
  return new CrosspointError('script.speech-failed', `The text could not be spoken: ${why}`);
}

function unavailable(program: string, cause: unknown): CrosspointError {
  const message = `Nothing can be spoken: ${program} cannot be run; install the Debian package espeak-ng`;
  return new CrosspointError('script.speech-unavailable', message, { cause });
}

/**
 * Of `espeak-ng --voices`: priority, tag, sex, name, file, and other tags with the priority that it has among the voices for
 * those: " 5  es-419  --/M  Spanish_(Latin_America)  roa/es-419  (es-mx 6)(es 6)".
 */
export function languagesIn(voices: string): Map<string, string> {
  const best = new Map<string, { readonly priority: number; readonly file: string }>();
  const offer = (tag: string, priority: number, file: string) => {
    const before = best.get(tag.toLowerCase());
    if (!before || priority < before.priority) best.set(tag.toLowerCase(), { priority, file });
  };
  for (const line of voices.split('\n')) {
    const [, tag, file, others = ''] = /^\s*\d+\s+(\S+)\s+\S+\s+\S+\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (tag === undefined || file === undefined) continue;
    offer(tag, 0, file);
    for (const [, other = '', priority] of others.matchAll(/\((\S+) (\d+)\)/g)) offer(other, Number(priority), file);
  }
  return new Map([...best].map(([tag, { file }]) => [tag, file]));
}
