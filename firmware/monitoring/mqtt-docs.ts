/**
 * docs/mqtt.md, rendered from the table of topics and their schemas.
 *
 *     mqtt-docs --write F  puts it between the markers of file F
 *     mqtt-docs --check F  exit code 1 when file F is out of date
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { rules } from '../alerts/rules.ts';
import { type TopicPlace, type TopicRow, topicTable } from './topic-table.ts';
import { header } from './topics-header.ts';

const BEGIN = '<!-- topics: begin (generated, do not edit) -->';
const END = '<!-- topics: end -->';

const place: TopicPlace = {
  box: '<box>',
  project: '<project>',
  call: '<call>',
  session: '<session>',
  trunk: '<name>',
  alert: '<alert>',
};

interface View {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly description?: string;
}
const viewOf = (schema: TSchema) => schema as View;

/** The table of topics, and a section for each payload. */
export function renderTopics(): string {
  return [
    '| topic | payload | QoS | retained | what it is |',
    '|---|---|---|---|---|',
    ...topicTable.map(row =>
      cells([
        `\`${row.topic(place)}\``,
        `[${row.payload}](#${row.payload.toLowerCase()})`,
        String(row.qos),
        row.retained ? 'yes' : '',
        row.when,
      ]),
    ),
    '',
    '## Alerts',
    '',
    '| id | what it tells | once it has been so for |',
    '|---|---|---|',
    ...rules.map(({ id, name, holdMs }) => cells([`\`${id}\``, name, holdMs === 0 ? '' : `${holdMs / 1000} s`])),
    '',
    '## What every payload carries',
    '',
    ...fieldTable(header, Object.keys(header), ''),
    '',
    '## Payloads',
    ...topicTable.flatMap(section),
  ].join('\n');
}

function section({ payload, schema, from }: TopicRow): string[] {
  const shared = from === 'service' ? 'Beside what every payload carries:' : 'Made by the application:';
  return ['', `### ${payload}`, '', shared, '', ...alternatives(schema)];
}

/** A payload of several kinds has a table each. */
function alternatives(schema: TSchema): string[] {
  const { anyOf } = viewOf(schema);
  if (!anyOf) return objectTable(schema);
  return anyOf.flatMap((kind, index) => [...(index === 0 ? [] : ['', 'or', '']), ...objectTable(kind)]);
}

function objectTable(schema: TSchema): string[] {
  const { properties = {}, required = [] } = viewOf(schema);
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => !Object.hasOwn(header, name)));
  return fieldTable(own, required, '');
}

function fieldTable(fields: Readonly<Record<string, TSchema>>, required: readonly string[], prefix: string): string[] {
  return ['| field | type | what it is |', '|---|---|---|', ...rowsOf(fields, required, prefix)];
}

function rowsOf(fields: Readonly<Record<string, TSchema>>, required: readonly string[], prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const optional = required.includes(name) ? '' : ', may be absent';
    return [cells([`\`${path}\``, `${typeOf(schema)}${optional}`, descriptionOf(schema)]), ...innerRows(schema, path)];
  });
}

function innerRows(schema: TSchema, path: string): string[] {
  const { properties, required = [], items, anyOf } = viewOf(schema);
  if (properties) return rowsOf(properties, required, `${path}.`);
  if (items) return innerRows(items, `${path}[]`);
  return (anyOf ?? []).flatMap(kind => innerRows(kind, path));
}

function typeOf(schema: TSchema): string {
  const { type, const: literal, enum: choices, anyOf, items, patternProperties } = viewOf(schema);
  if (literal !== undefined) return `\`${JSON.stringify(literal)}\``;
  if (choices) return choices.map(choice => `\`${JSON.stringify(choice)}\``).join(' or ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items) return `list of ${typeOf(items)}`;
  if (patternProperties) return 'object with any keys';
  return type ?? 'anything';
}

function descriptionOf(schema: TSchema): string {
  const { description, anyOf, items } = viewOf(schema);
  if (description) return description;
  const inner = [...(anyOf ?? []), ...(items ? [items] : [])].map(descriptionOf);
  return inner.find(text => text !== '') ?? '';
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map(text => text.replaceAll('|', '\\|').replace(/<(?=[^`]*$)/g, '&lt;')).join(' | ')} |`;
}

/** @returns the text with fresh topics between its markers, or null when it has none. */
export function withTopics(text: string): string | null {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return null;
  return `${text.slice(0, begin + BEGIN.length)}\n\n${renderTopics()}\n\n${text.slice(end)}`;
}

function main(mode: string | undefined, file: string | undefined): number {
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: mqtt-docs --write FILE | --check FILE\n');
    return 2;
  }
  const text = readFileSync(file, 'utf8');
  const fresh = withTopics(text);
  if (fresh === null) {
    process.stderr.write(`${file} has no markers ${BEGIN} … ${END}\n`);
    return 1;
  }
  if (mode === '--write') writeFileSync(file, fresh);
  else if (fresh !== text) {
    process.stderr.write(`${file}: the table of MQTT topics is out of date\n`);
    return 1;
  }
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv[2], process.argv[3]);
