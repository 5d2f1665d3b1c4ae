import type { TSchema } from 'typebox';

/** The JSON Schema keywords that bodies are described by. */
interface View {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly description?: string;
}

const viewOf = (schema: TSchema): View => schema as View;

/** A row for every field: its path, what it may be, what it is; as cells of a Markdown table. */
export function fieldRows(schema: TSchema, path = ''): string[][] {
  const view = viewOf(withoutNull(schema));
  if (view.type === 'array' && view.items && isObject(view.items)) return fieldRows(view.items, `${path}[]`);
  if (!view.properties) return [];
  return Object.entries(view.properties).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    const isRequired = view.required?.includes(key) ?? false;
    return [rowOf(name, inner, isRequired), ...(isNested(inner) ? fieldRows(inner, name) : [])];
  });
}

function rowOf(name: string, schema: TSchema, isRequired: boolean): string[] {
  const view = viewOf(withoutNull(schema));
  const value = `${wordsFor(view)}${isRequired ? '' : ', optional'}`;
  return [`\`${name}\``, escapeCell(value), escapeCell(view.description ?? '')];
}

function wordsFor(view: View): string {
  if (view.const !== undefined) return JSON.stringify(view.const);
  if (view.enum) return view.enum.map(each => JSON.stringify(each)).join(' or ');
  if (view.anyOf) return view.anyOf.map(each => wordsFor(viewOf(each))).join(' or ');
  switch (view.type) {
    case 'string':
      if (view.pattern) return `text like \`${view.pattern}\``;
      return view.maxLength === undefined ? 'text' : `text of at most ${view.maxLength} characters`;
    case 'integer':
      return 'whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list${view.maxItems === undefined ? '' : ` of at most ${view.maxItems}`}`;
    case 'null':
      return 'null';
    default:
      return 'object';
  }
}

/** Some libraries write null for what is absent: that is not worth a word each time. */
function withoutNull(schema: TSchema): TSchema {
  const { anyOf } = viewOf(schema);
  const [only, ...others] = anyOf?.filter(each => viewOf(each).type !== 'null') ?? [];
  return only && others.length === 0 ? only : schema;
}

function isNested(schema: TSchema): boolean {
  const view = viewOf(withoutNull(schema));
  return isObject(schema) || (view.type === 'array' && view.items !== undefined && isObject(view.items));
}

function isObject(schema: TSchema): boolean {
  return viewOf(withoutNull(schema)).properties !== undefined;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
