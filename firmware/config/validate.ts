import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { expectation, finding, viewOf } from './expectation.ts';
import { nearestName } from './nearest.ts';
import type { Path } from './yaml-source.ts';

export interface Mismatch {
  readonly path: Path;
  readonly message: string;
}

/**
 * Everything in a value that does not fit the schema: unknown keys with the nearest right name, missing keys, and
 * values of the wrong type or out of range. Objects and lists are walked here so that each finding has a path and
 * can be put into words; whether a single value fits is the schema library's verdict.
 */
export function mismatches(schema: TSchema, value: unknown, path: Path = []): Mismatch[] {
  const view = viewOf(schema);
  if (view.properties && isRecord(value)) return inObject(schema, value, path);
  if (view.type === 'array' && Array.isArray(value)) return inArray(schema, value, path);
  if (Value.Check(schema, value)) return [];
  return [{ path, message: `expected ${expectation(view)}, got ${finding(view, value)}` }];
}

function inObject(schema: TSchema, value: Record<string, unknown>, path: Path): Mismatch[] {
  const { properties = {}, required = [] } = viewOf(schema);
  const known = Object.keys(properties);
  const missing = required
    .filter(key => !Object.hasOwn(value, key) && viewOf(properties[key] as TSchema).default === undefined)
    .map(key => ({ path, message: `${key} is missing; expected ${expectation(viewOf(properties[key] as TSchema))}` }));
  const present = Object.entries(value).flatMap(([key, inner]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property) return mismatches(property, inner, [...path, key]);
    const message = `unknown key; did you mean "${nearestName(key, known)}"? (known here: ${known.join(', ')})`;
    return [{ path: [...path, key], message }];
  });
  return [...missing, ...present];
}

function inArray(schema: TSchema, value: unknown[], path: Path): Mismatch[] {
  const view = viewOf(schema);
  const { items } = view;
  const fixed = Array.isArray(items) ? items.length : undefined;
  const { minItems = fixed ?? 0, maxItems = fixed ?? Number.POSITIVE_INFINITY } = view;
  if (value.length < minItems || value.length > maxItems)
    return [{ path, message: `expected ${expectation(view)}, got ${finding(view, value)}` }];
  return value.flatMap((inner, index) => {
    const item = Array.isArray(items) ? items[index] : items;
    return item ? mismatches(item as TSchema, inner, [...path, index]) : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `sip.listeners[0].port` */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i ? '.' : ''}${step.slice(0, 80)}`))
    .join('');
}
