/** The bodies of webhooks in docs/webhooks.md, rendered from their schemas: `reference --write F`, `reference --check F`. */
import type { TSchema } from 'typebox';
import { type GeneratedPart, runIfMain } from '../../base/generated-part.ts';
import { webhookBodies } from './bodies.ts';

/** What JSON Schema says of a value, as far as the bodies use it. */
interface View {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly View[];
  readonly items?: View;
  readonly properties?: Readonly<Record<string, View>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

const titles: Readonly<Record<keyof typeof webhookBodies, string>> = {
  call: 'Calls',
  session: 'Sessions, connections and streams',
  archive: 'Archives',
};

function render(): string {
  return Object.entries(webhookBodies)
    .flatMap(([kind, schemas]) => [
      `### ${titles[kind as keyof typeof webhookBodies]}`,
      ...schemas.map(schema => eventOf(schema)),
    ])
    .join('\n\n');
}

function eventOf(schema: TSchema): string {
  const { properties = {} } = schema as View;
  const rows = rowsOf(schema as View, '').map(cells => `| ${cells.join(' | ')} |`);
  return [`#### ${properties.event?.const}`, '', '| field | value | what it is |', '|---|---|---|', ...rows].join('\n');
}

function rowsOf({ properties = {}, required = [] }: View, path: string): string[][] {
  return Object.entries(properties).flatMap(([key, view]) => {
    const name = `${path}${key}`;
    const may = required.includes(key) ? '' : ', may be absent';
    const own = [`\`${name}\``, `${kindOf(view)}${may}`, view.description ?? ''];
    const inner = view.items?.properties ? view.items : view;
    return [own, ...rowsOf(inner, `${name}${view.items ? '[]' : ''}.`)];
  });
}

function kindOf({ type, const: only, enum: choices, anyOf, items }: View): string {
  if (only !== undefined) return `\`"${only}"\``;
  if (choices) return choices.map(choice => `\`"${choice}"\``).join(', ');
  if (anyOf) return anyOf.map(kindOf).join(' or ');
  if (items) return `list, each ${kindOf(items)}`;
  return type ?? 'anything';
}

export const webhookReference: GeneratedPart = { name: 'bodies of webhooks', render };

runIfMain(import.meta.url, webhookReference);
