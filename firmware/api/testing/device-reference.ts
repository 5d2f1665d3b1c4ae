/**
 * docs/device.md, rendered from the API that the box serves.
 *
 *     device-reference            prints it
 *     device-reference --write F  writes file F
 *     device-reference --check F  exit code 1 when file F is out of date
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type ApiDocument,
  fieldsOf,
  type NamedOperation,
  operationsByTag,
  type Schema,
  typeOf,
} from '../device/openapi-document.ts';
import { startApi } from './api-rig.ts';

/** The document of an API with every route of the box. */
export async function deviceDocument(): Promise<ApiDocument> {
  const api = await startApi();
  try {
    return (await api.request('GET', '/device/openapi.json')).body as unknown as ApiDocument;
  } finally {
    await api.close();
  }
}

export function deviceReference(document: ApiDocument): string {
  const { info, tags = [] } = document;
  const described = new Map(tags.map(({ name, description = '' }) => [name, description]));
  const groups = operationsByTag(document).map(([tag, operations]) =>
    [`## ${tag}`, described.get(tag) ?? '', ...operations.map(operationText)].filter(Boolean).join('\n\n'),
  );
  return `${[
    `# ${info.title}`,
    `${info.description} Generated from the schemas of the routes (\`npx tsx firmware/api/testing/device-reference.ts --write docs/device.md\`); the box serves the same as \`/device/openapi.json\` (OpenAPI 3.1) and as a page, \`/device/docs\`. Every answer that is not 2xx has \`code\`, \`message\`, \`error\` and \`retriable\`.`,
    ...groups,
  ].join('\n\n')}\n`;
}

function operationText({ method, path, summary = '', description = '', parameters = [], ...rest }: NamedOperation) {
  const asked = parameters.map(({ name, in: place, required = false, description: text = '', schema = {} }) =>
    cells(
      `\`${name}\`${required ? '' : ' (optional)'}`,
      `${place}: ${typeOf(schema)}`,
      text || (schema.description ?? ''),
    ),
  );
  const body = Object.values(rest.requestBody?.content ?? {})[0]?.schema;
  return [
    `### \`${method} ${path}\``,
    [summary, description].filter(Boolean).join('. '),
    asked.length > 0 ? table('parameter', asked) : '',
    body ? `Body:\n\n${schemaText(body)}` : '',
    ...Object.entries(rest.responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([status, { description: text = '', content = {} }]) => answerText(status, text, content)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function answerText(status: string, text: string, content: Readonly<Record<string, { readonly schema?: Schema }>>) {
  const [type] = Object.keys(content);
  const schema = type === undefined ? undefined : content[type]?.schema;
  const said = text === 'Default Response' ? '' : ` ${text}`;
  const types = Object.keys(content).filter(each => each !== 'application/json');
  const as = types.length > 0 ? ` (${types.join(', ')})` : '';
  return `Answer ${status}${said}${as}:${schema && fieldsOf(schema).length > 0 ? `\n\n${schemaText(schema)}` : ''}`.replace(
    /:$/,
    '.',
  );
}

function schemaText(schema: Schema): string {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return [typeOf(schema), schema.description ?? ''].join(' ').trim();
  const rows = fields.map(({ name, type, required, description }) =>
    cells(`\`${name}\`${required ? '' : ' (optional)'}`, type, description),
  );
  return [schema.description ?? '', table('field', rows)].filter(Boolean).join('\n\n');
}

function table(first: string, rows: readonly string[]): string {
  return [`| ${first} | type | what it is |`, '|---|---|---|', ...rows].join('\n');
}

function cells(...texts: string[]): string {
  return `| ${texts.map(text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')).join(' | ')} |`;
}

async function main(mode: string | undefined, file: string | undefined): Promise<number> {
  const text = deviceReference(await deviceDocument());
  if (mode === undefined) {
    process.stdout.write(text);
    return 0;
  }
  if ((mode !== '--write' && mode !== '--check') || file === undefined) {
    process.stderr.write('usage: device-reference [--write FILE | --check FILE]\n');
    return 2;
  }
  if (mode === '--write') writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is out of date\n`);
    return 1;
  }
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv[2], process.argv[3]);
}
