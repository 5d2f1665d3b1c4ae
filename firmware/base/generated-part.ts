import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A part of a document that a program writes: between two comments that name it. */
export interface GeneratedPart {
  readonly name: string;
  readonly render: () => string;
}

/** @returns the text with a fresh part, or null when it has no place for it */
export function withPart(text: string, { name, render }: GeneratedPart): string | null {
  const begin = `<!-- ${name}: begin (generated, do not edit) -->`;
  const end = `<!-- ${name}: end -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) return null;
  return `${text.slice(0, from + begin.length)}\n\n${render()}\n\n${text.slice(to)}`;
}

/**
 * The command line of a module that renders a part, when it is the program that was started:
 *
 *     --write F  puts it into file F
 *     --check F  exit code 1 when file F is out of date
 */
export function runIfMain(moduleUrl: string, part: GeneratedPart): void {
  const [, program, mode, file] = process.argv;
  if (program === undefined || realpathSync(program) !== fileURLToPath(moduleUrl)) return;
  process.exitCode = run(part, mode, file);
}

function run(part: GeneratedPart, mode: string | undefined, file: string | undefined): number {
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: --write FILE | --check FILE\n');
    return 2;
  }
  const text = readFileSync(file, 'utf8');
  const fresh = withPart(text, part);
  if (fresh === text) return 0;
  if (fresh !== null && mode === '--write') {
    writeFileSync(file, fresh);
    return 0;
  }
  process.stderr.write(fresh === null ? `${file} has no place for "${part.name}"\n` : `${file} is out of date\n`);
  return 1;
}
