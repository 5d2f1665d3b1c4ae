import type { TSchema } from 'typebox';
import { viewOf } from './expectation.ts';
import type { Path } from './yaml-source.ts';

/** What stands where a secret is. */
export const MASK = '********';

/** A configuration for people to read: the same, with a mask in place of every value that its schema calls a secret. */
export function masked(schema: TSchema, value: unknown): unknown {
  return walked(schema, value, undefined, [], () => MASK);
}

/**
 * Puts secrets back where a mask stands, from the configuration that was read: what was read may be sent back. Items of
 * lists are found again by their name, else by their place.
 *
 * @param missing told where a mask stands for nothing
 */
export function unmasked(schema: TSchema, value: unknown, before: unknown, missing: (path: Path) => void): unknown {
  return walked(schema, value, before, [], (found, former, path) => {
    if (found !== MASK) return found;
    if (former === undefined) missing(path);
    return former;
  });
}

type Visit = (secret: unknown, former: unknown, path: Path) => unknown;

function walked(schema: TSchema, value: unknown, former: unknown, path: Path, visit: Visit): unknown {
  const { properties, items, secret } = viewOf(schema);
  if (secret) return visit(value, former, path);
  if (isRecord(value) && properties) {
    const before = isRecord(former) ? former : {};
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
        return [key, property ? walked(property, inner, before[key], [...path, key], visit) : inner];
      }),
    );
  }
  if (Array.isArray(value) && items && !Array.isArray(items)) {
    const before = Array.isArray(former) ? former : [];
    return value.map((inner, index) =>
      walked(items as TSchema, inner, alike(before, inner, index), [...path, index], visit),
    );
  }
  return value;
}

function alike(before: readonly unknown[], item: unknown, index: number): unknown {
  const name = nameOf(item);
  return name === undefined ? before[index] : before.find(each => nameOf(each) === name);
}

/** What tells items of a list apart: the name of a trunk, the key of a project. */
function nameOf(item: unknown): unknown {
  if (!isRecord(item)) return undefined;
  if (item.name !== undefined) return item.name;
  for (const inner of Object.values(item)) {
    const key = isRecord(inner) ? (inner.apiKey ?? inner.applicationId) : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
