import { createHash } from 'node:crypto';
import {
  type ApiDocument,
  fieldsOf,
  type NamedOperation,
  operationsByTag,
  type Schema,
  typeOf,
} from './openapi-document.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .3rem 0; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.scroll { overflow-x: auto; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
`;

/** For the page's Content-Security-Policy. */
export const DOCS_STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

/** The document as a page: no script, nothing from elsewhere, so that it is read without a network. */
export function docsPage(document: ApiDocument): string {
  const { info } = document;
  const groups = operationsByTag(document)
    .map(([tag, operations]) => `<h2>${escaped(tag)}</h2>\n${operations.map(operationHtml).join('\n')}`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(info.title)}</h1>
<p>${escaped(info.description ?? '')} The same for programs: <a href="/device/openapi.json">openapi.json</a>.</p>
${groups}
</main>
</body>
</html>
`;
}

function operationHtml(operation: NamedOperation): string {
  const { method, path, summary = '', description = '', parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(({ name, in: place, required = false, description: text = '', schema = {} }) =>
    row(name, `${place}, ${typeOf(schema)}`, required, text || (schema.description ?? '')),
  );
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(responses).map(([status, { description: text = '', content = {} }]) => {
    const schema = Object.values(content)[0]?.schema;
    return `<h4>${escaped(status)} ${escaped(text === 'Default Response' ? '' : text)}</h4>${schema ? schemaHtml(schema) : ''}`;
  });
  return `<details>
<summary><span class="method">${method}</span> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
<p>${escaped(description)}</p>
${rows.length > 0 ? table(rows) : ''}
${body ? `<h4>Body</h4>${schemaHtml(body)}` : ''}
${answers.join('\n')}
</details>`;
}

function schemaHtml(schema: Schema): string {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return `<p>${escaped(typeOf(schema))} ${escaped(schema.description ?? '')}</p>`;
  return table(fields.map(({ name, type, required, description }) => row(name, type, required, description)));
}

function table(rows: readonly string[]): string {
  return `<div class="scroll" tabindex="0"><table><thead><tr><th>name<th>type<th>what it is</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function row(name: string, type: string, required: boolean, description: string): string {
  return `<tr><td><code>${escaped(name)}</code>${required ? '' : ' (optional)'}<td>${escaped(type)}<td>${escaped(description)}</tr>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, found => entities[found] ?? '');
}
