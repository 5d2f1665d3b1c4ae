import type { ScriptWarning } from '../../../scripts/action.ts';
import type { WebTarget } from '../../../scripts/web.ts';

/** Collects what counts for nothing. */
export type Warn = (code: ScriptWarning['code'], place: string, message: string) => void;

/** A key of an action: how its value is read, and what the reference says of it. */
export interface Key<T> {
  readonly what: string;
  /** Which values it may have, in words. */
  readonly values: string;
  /** Of one that is not there, or cannot be read. */
  readonly usual: T;
  /** How `usual` reads in the reference; absent: there is nothing to say. */
  readonly usually?: string;
  readonly support: 'works' | 'no-effect' | 'not-supported';
  /** undefined: it is none of the values. May warn of what is inside it. */
  read(value: unknown, place: string, warn: Warn): T | undefined;
  /** Of an object. */
  readonly keys?: Keys;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
export type ValuesOf<K extends Keys> = { readonly [Name in keyof K]: K[Name] extends Key<infer T> ? T : never };

/** The values of an object's keys; whatever is wrong is warned of, and counts as not there. */
export function readKeys<K extends Keys>(
  keys: K,
  object: Readonly<Record<string, unknown>>,
  place: string,
  warn: Warn,
): ValuesOf<K> {
  for (const name of Object.keys(object)) {
    if (!Object.hasOwn(keys, name)) warn('unknown-key', `${place}.${shown(name)}`, 'There is no such key');
  }
  const values = Object.entries(keys).map(([name, key]) => [name, keyValue(key, object, name, place, warn)]);
  return Object.fromEntries(values);
}

function keyValue(
  key: Key<unknown>,
  object: Readonly<Record<string, unknown>>,
  name: string,
  place: string,
  warn: Warn,
): unknown {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return key.usual;
  const at = `${place}.${name}`;
  if (key.support === 'not-supported') {
    if (value !== false) warn('not-supported', at, `${key.what}: this is not supported`);
    return key.usual;
  }
  const read = key.read(value, at, warn);
  if (read === undefined) warn('bad-value', at, `It must be ${key.values}`);
  return read === undefined ? key.usual : read;
}

/** Names come from outside: what is told of them is bounded. */
export function shown(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(what: string, maxLength: number, values = `a text of 1 to ${maxLength} characters`) {
  return textKey(what, values, value => value.length > 0 && value.length <= maxLength);
}

export function textKey(what: string, values: string, isGood: (value: string) => boolean): Key<string | null> {
  const read = (value: unknown) => (typeof value === 'string' && isGood(value) ? value : undefined);
  return { what, values, usual: null, support: 'works', read };
}

/** Numbers may stand in quotes: some builders of NCCOs write them so. */
export function number<T extends number | null>(
  what: string,
  { min, max, usual, whole = true }: { min: number; max: number; usual: T; whole?: boolean },
): Key<number | T> {
  const read = (value: unknown) => {
    const given = typeof value === 'string' && /^-?[0-9]{1,9}(\.[0-9]{1,9})?$/.test(value) ? Number(value) : value;
    if (typeof given !== 'number' || !(given >= min && given <= max)) return undefined;
    return whole && !Number.isInteger(given) ? undefined : given;
  };
  const values = `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
  return { what, values, usual, ...(usual !== null && { usually: `${usual}` }), support: 'works', read };
}

export function flag<T extends boolean | null>(what: string, usual: T): Key<boolean | T> {
  const read = (value: unknown) =>
    value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
  return {
    what,
    values: 'true or false',
    usual,
    ...(usual !== null && { usually: `${usual}` }),
    support: 'works',
    read,
  };
}

export function choice<T extends string, U extends T | null>(what: string, values: readonly T[], usual: U): Key<T | U> {
  const read = (value: unknown) => values.find(each => each === (typeof value === 'string' ? value.trim() : value));
  return {
    what,
    values: values.map(each => `"${each}"`).join(' or '),
    usual,
    ...(usual !== null && { usually: `"${usual}"` }),
    support: 'works',
    read,
  };
}

/** As the vendor writes URLs: a list of one. The URL alone will do. */
export function url(what: string): Key<string | null> {
  const read = (value: unknown) => {
    const given = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof given === 'string' && isWebUrl(given) ? given : undefined;
  };
  return { what, values: 'a list of one http or https URL', usual: null, support: 'works', read };
}

export function isWebUrl(value: string): boolean {
  return value.length <= 2048 && /^https?:\/\//i.test(value) && URL.canParse(value);
}

export function webMethod(what: string) {
  return choice(what, ['GET', 'POST'], 'POST');
}

/** Where something is told: `usual` where the action does not say. */
export function targetOf(url: string | null, method: 'GET' | 'POST', usual: WebTarget | null): WebTarget | null {
  return url === null ? usual : { url, method };
}

export function object<K extends Keys>(what: string, keys: K): Key<ValuesOf<K> | null> {
  const read = (value: unknown, place: string, warn: Warn) =>
    isObject(value) ? readKeys(keys, value, place, warn) : undefined;
  return { what, values: 'an object', usual: null, support: 'works', read, keys };
}

export function anything(what: string): Key<unknown> {
  return { what, values: 'any JSON', usual: null, support: 'works', read: value => value };
}

/** It is known, and nothing depends on it. */
export function noEffect(what: string): Key<null> {
  return { what, values: 'anything', usual: null, support: 'no-effect', read: () => null };
}

export function notSupported(what: string): Key<null> {
  return { what, values: '', usual: null, support: 'not-supported', read: () => null };
}
