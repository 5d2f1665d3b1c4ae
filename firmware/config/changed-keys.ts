import { isDeepStrictEqual } from 'node:util';
import type { Config } from './schema.ts';

/** The keys in which two configurations differ, as "sip.listeners" or "numbers": one group deep. */
export function changedKeys(one: Config, other: Config): string[] {
  const [before, after] = [groupsOf(one), groupsOf(other)];
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter(key => !isDeepStrictEqual(before.get(key), after.get(key))).sort();
}

/** Takes those keys over from another one. */
export function withKeys(config: Config, keys: readonly string[], from: Config): Config {
  const [taken, others] = [groupsOf(from), groupsOf(config)];
  for (const key of keys) others.set(key, taken.get(key));
  const made: Record<string, unknown> = {};
  for (const [key, value] of others) {
    if (value === undefined) continue;
    const [group = key, inner] = key.split('.');
    if (inner === undefined) made[group] = value;
    else made[group] = { ...(made[group] as object | undefined), [inner]: value };
  }
  return made as Config;
}

function groupsOf(config: Config): Map<string, unknown> {
  return new Map(
    Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[key, value]];
      const inside = Object.entries(value);
      return inside.length === 0 ? [[key, value]] : inside.map(([inner, each]) => [`${key}.${inner}`, each]);
    }),
  );
}
