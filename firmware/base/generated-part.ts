import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A part of a document that a program writes; the rest is written by people. */
export interface GeneratedPart {
  /** In its markers: "configuration reference". */
  readonly name: string;
  render(): string;
}

const beginOf = ({ name }: GeneratedPart) => `<!-- ${name}: begin (generated, do not edit) -->`;
const endOf = ({ name }: GeneratedPart) => `<!-- ${name}: end -->`;

/** @returns the text with a fresh part between its markers, or null when it has none */
export function withFreshPart(text: string, part: GeneratedPart): string | null {
  const begin = text.indexOf(beginOf(part));
  const end = text.indexOf(endOf(part));
  if (begin < 0 || end < begin) return null;
  return `${text.slice(0, begin)}${beginOf(part)}\n${part.render()}\n${text.slice(end)}`;
}

/**
 * The program of a generator, when its module is the one that was started:
 *
 *     (nothing)  prints the part
 *     --write F  puts it between the markers of file F
 *     --check F  exit code 1 when file F is out of date
 */
export function runAsGenerator(moduleUrl: string, part: GeneratedPart): void {
  const [, entry, mode, file] = process.argv;
  if (entry === undefined || realpathSync(entry) !== fileURLToPath(moduleUrl)) return;
  process.exitCode = run(part, mode, file);
}

function run(part: GeneratedPart, mode: string | undefined, file: string | undefined): number {
  if (mode === undefined) {
    process.stdout.write(`${beginOf(part)}\n${part.render()}\n${endOf(part)}\n`);
    return 0;
  }
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: [--write FILE | --check FILE]\n');
    return 2;
  }
  const text = readFileSync(file, 'utf8');
  const fresh = withFreshPart(text, part);
  if (fresh === null) {
    process.stderr.write(`${file} has no markers ${beginOf(part)} … ${endOf(part)}\n`);
    return 1;
  }
  if (mode === '--write') writeFileSync(file, fresh);
  else if (fresh !== text) {
    process.stderr.write(`${file}: the ${part.name} is out of date\n`);
    return 1;
  }
  return 0;
}
