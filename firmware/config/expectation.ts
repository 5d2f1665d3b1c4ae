import type { TSchema } from 'typebox';

/** The JSON Schema keywords that configuration values are described by. */
export interface SchemaView {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema | readonly TSchema[];
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly expected?: string;
  readonly secret?: boolean;
}

export const viewOf = (schema: TSchema): SchemaView => schema as SchemaView;

/** What a value must be, in words: `a whole number from 1 to 65535`. */
export function expectation(schema: SchemaView): string {
  if (schema.expected) return schema.expected;
  if (schema.anyOf) return `one of ${schema.anyOf.map(choice => String(choice.const)).join(', ')}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case 'number':
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list of ${schema.minItems ?? 0} to ${schema.maxItems} entries`;
    case 'object':
      return `a group of keys: ${Object.keys(schema.properties ?? {}).join(', ')}`;
    default:
      return `a text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
  }
}

/** What was found instead, without the value when that is a secret. */
export function finding(schema: SchemaView, value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return schema.type === 'array' ? `a list of ${value.length}` : 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (schema.secret) return typeof value === 'string' ? `a text of ${value.length} characters` : `a ${typeof value}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 80))}`;
  return `the ${typeof value} ${String(value)}`;
}
