/**
 * The configuration reference of the README, rendered from the schema.
 *
 *     reference            prints it
 *     reference --write F  puts it between the markers of file F
 *     reference --check F  exit code 1 when file F is out of date
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { expectation, type SchemaView, viewOf } from './expectation.ts';
import { ConfigSchema } from './schema.ts';

const BEGIN = '<!-- configuration reference: begin (generated, do not edit) -->';
const END = '<!-- configuration reference: end -->';

/** A Markdown table with a row for every key that takes a value. */
export function renderReference(): string {
  const rows = rowsOf(ConfigSchema, '').map(cells => `| ${cells.map(escapeCell).join(' | ')} |`);
  return ['| key | value | default | what it is |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf(schema: TSchema, path: string): string[][] {
  const view = viewOf(schema);
  if (view.properties)
    return Object.entries(view.properties).flatMap(([key, inner]) =>
      rowsOf(inner, path === '' ? key : `${path}.${key}`),
    );
  if (view.type === 'array' && !Array.isArray(view.items) && viewOf(view.items as TSchema).properties) {
    const own = [`\`${path}\``, expectation(view), defaultOf(view), view.description ?? ''];
    return [own, ...rowsOf(view.items as TSchema, `${path}[]`)];
  }
  return [[`\`${path}\``, allowed(view), defaultOf(view), view.description ?? '']];
}

function allowed(view: SchemaView): string {
  if (view.type !== 'array' || Array.isArray(view.items)) return expectation(view);
  return `${expectation(view)}, each ${expectation(viewOf(view.items as TSchema))}`;
}

function defaultOf(view: SchemaView): string {
  return view.default === undefined ? '–' : `\`${JSON.stringify(view.default)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** @returns the text with a fresh reference between its markers, or null when it has none. */
export function withReference(text: string): string | null {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return null;
  return `${text.slice(0, begin + BEGIN.length)}\n${renderReference()}\n${text.slice(end)}`;
}

function main(mode: string | undefined, file: string | undefined): number {
  if (mode === undefined) {
    process.stdout.write(`${BEGIN}\n${renderReference()}\n${END}\n`);
    return 0;
  }
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: reference [--write FILE | --check FILE]\n');
    return 2;
  }
  const text = readFileSync(file, 'utf8');
  const fresh = withReference(text);
  if (fresh === null) {
    process.stderr.write(`${file} has no markers ${BEGIN} … ${END}\n`);
    return 1;
  }
  if (mode === '--write') writeFileSync(file, fresh);
  else if (fresh !== text) {
    process.stderr.write(`${file}: the configuration reference is out of date\n`);
    return 1;
  }
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv[2], process.argv[3]);
}
