/**
 * The configuration reference of the README, rendered from the schema.
 *
 *     reference --write F  puts it between the markers of file F
 *     reference --check F  exit code 1 when file F is out of date
 */
import type { TSchema } from 'typebox';
import { type GeneratedPart, runIfMain } from '../base/generated-part.ts';
import { expectation, type SchemaView, viewOf } from './expectation.ts';
import { ConfigSchema } from './schema.ts';

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

export const configurationReference: GeneratedPart = { name: 'configuration reference', render: renderReference };

runIfMain(import.meta.url, configurationReference);
