import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface RegexLiteral {
  readonly file: string;
  readonly regex: RegExp;
}

/** What may stand in front of an expression, and so of a regular one; behind a value "/" divides. */
const BEFORE = /(?:^|[(,=:[!&|?{};>]|\breturn)\s*$/;

/** Every regular expression of the product's code in a folder. Comments and tests are left out. */
export function regexLiterals(folder: string): RegexLiteral[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter(isProduct).flatMap(file => {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    return lines.filter(isCode).flatMap(line => literalsOf(line).map(regex => ({ file, regex })));
  });
}

function isProduct(file: string): boolean {
  return /\.ts$/.test(file) && !/\.(?:test|fixture|samples|bench|d)\.ts$|^fuzz\//.test(file);
}

function isCode(line: string): boolean {
  return !/^\s*(?:\/\/|\/?\*)/.test(line);
}

function literalsOf(line: string): RegExp[] {
  const found: RegExp[] = [];
  for (let at = line.indexOf('/'); at >= 0; at = line.indexOf('/', at + 1)) {
    if (!BEFORE.test(line.slice(0, at)) || /^[/*$]/.test(line.slice(at + 1))) continue;
    const end = endOf(line, at);
    if (end < 0) continue;
    const flags = /^[a-z]*/.exec(line.slice(end + 1))?.[0] ?? '';
    found.push(new RegExp(line.slice(at + 1, end), flags));
    at = end;
  }
  return found;
}

/** The "/" that closes it: one that is neither escaped nor in a class. */
function endOf(line: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < line.length; i++) {
    const char = line[i];
    if (char === '\\') i += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return i;
  }
  return -1;
}
