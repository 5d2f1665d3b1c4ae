/** What the page and the reference read of an OpenAPI document. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string; readonly version: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

export interface Answer {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

export interface NamedOperation extends Operation {
  readonly method: string;
  readonly path: string;
}

/** By tag, in the order of the document's tags; what has none comes last. */
export function operationsByTag({ tags = [], paths }: ApiDocument): [tag: string, operations: NamedOperation[]][] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const named = new Set(tags.map(({ name }) => name));
  return [...tags.map(({ name }) => name), 'other']
    .map((name): [string, NamedOperation[]] => [
      name,
      all.filter(({ tags: [tag] = [] }) => (tag !== undefined && named.has(tag) ? tag : 'other') === name),
    ])
    .filter(([, operations]) => operations.length > 0);
}

/** A schema in words: "integer or null". */
export function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(each => String(each)).join(' · ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return schema.items ? `list of ${typeOf(schema.items)}` : 'list';
  if (schema.type === undefined) return 'any';
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' or ');
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Deeper ones are told in the document itself. */
const MAX_DEPTH = 3;

/** The fields of a schema, inner ones as "items[].from". */
export function fieldsOf(schema: Schema, prefix = '', depth = 0): Field[] {
  const { properties, required = [] } = objectIn(schema);
  if (!properties) return [];
  return Object.entries(properties).flatMap(([key, inner]) => {
    const name = `${prefix}${key}`;
    const field = { name, type: typeOf(inner), required: required.includes(key), description: inner.description ?? '' };
    if (depth + 1 >= MAX_DEPTH) return [field];
    const list = inner.type === 'array';
    return [field, ...fieldsOf(list ? (inner.items ?? {}) : inner, `${name}${list ? '[]' : ''}.`, depth + 1)];
  });
}

/** Itself, or what it is when it is not null. */
function objectIn(schema: Schema): Schema {
  return schema.anyOf?.find(({ properties }) => properties) ?? schema;
}
