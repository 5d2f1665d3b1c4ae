/**
 * The fields of the OpenTok and Vonage Video routes for docs/video-api.md, rendered from their schemas.
 *
 *     reference --write F  puts it between the markers of file F
 *     reference --check F  exit code 1 when file F is out of date
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { createServer } from '../server.ts';
import { opentokRoutes } from './routes.ts';
import { fieldRows } from './schema-fields.ts';

const BEGIN = '<!-- fields: begin (generated, do not edit) -->';
const END = '<!-- fields: end -->';

/** Each route with what it takes and what it answers. */
export async function renderFields(): Promise<string> {
  const app = createServer(silentLog, { https: null, plain: 'always' });
  const sections: string[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema?.body || schema?.response) sections.push(...sectionOf(`${method} ${url}`, schema));
  });
  // Nothing but the clock is asked for before there are requests.
  app.register(opentokRoutes({ clock: systemClock } as Parameters<typeof opentokRoutes>[0]));
  await app.ready();
  await app.close();
  return sections.join('\n');
}

interface RouteSchema {
  readonly body?: unknown;
  readonly response?: unknown;
}

function sectionOf(route: string, { body, response }: RouteSchema): string[] {
  const answer = (response as Record<string, TSchema> | undefined)?.['200'];
  const tables = [...table('request', body as TSchema | undefined), ...table('answer', answer)];
  if (tables.length === 0 || route.startsWith('HEAD')) return [];
  return [`\n### \`${route.replace(/:(\w+)/g, '{$1}')}\``, ...tables];
}

function table(what: string, schema: TSchema | undefined): string[] {
  const rows = schema ? fieldRows(schema) : [];
  if (rows.length === 0) return [];
  return ['', `| ${what} | value | what it is |`, '|---|---|---|', ...rows.map(cells => `| ${cells.join(' | ')} |`)];
}

/** @returns the text with a fresh reference between its markers, or null when it has none. */
export async function withFields(text: string): Promise<string | null> {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) return null;
  return `${text.slice(0, begin + BEGIN.length)}\n${await renderFields()}\n\n${text.slice(end)}`;
}

async function main(mode: string | undefined, file: string | undefined): Promise<number> {
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: reference --write FILE | --check FILE\n');
    return 2;
  }
  const text = readFileSync(file, 'utf8');
  const fresh = await withFields(text);
  if (fresh === null) {
    process.stderr.write(`${file} has no markers ${BEGIN} … ${END}\n`);
    return 1;
  }
  if (mode === '--write') writeFileSync(file, fresh);
  else if (fresh !== text) {
    process.stderr.write(`${file}: the fields are out of date\n`);
    return 1;
  }
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv[2], process.argv[3]);
