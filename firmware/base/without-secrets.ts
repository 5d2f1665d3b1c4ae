/** Names of fields whose values never reach a log line, in lower case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'password',
  'apisecret',
  'secret',
  'token',
  'authorization',
  'proxy-authorization',
  'x-opentok-auth',
  'webhooksecret',
  'signature',
]);

const CENSOR = '[secret]';
/** Log lines are flat; what lies deeper than this is not looked at, and not written either. */
const DEPTH = 4;

/**
 * The same fields with the values of secret ones censored, however deep they stand. Copies only what changes: a log
 * line without secrets costs a look at its fields (pino's own redaction copies them first: 67 KB of garbage a line).
 */
export function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return censored(fields, DEPTH) as Record<string, unknown>;
}

function censored(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Error) return value;
  if (depth === 0) return '[deeper]';
  return Array.isArray(value) ? censoredList(value, depth) : censoredObject(value as Record<string, unknown>, depth);
}

function censoredList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (const [index, value] of list.entries()) {
    const clean = censored(value, depth - 1);
    if (clean === value) continue;
    copy ??= [...list];
    copy[index] = clean;
  }
  return copy ?? list;
}

function censoredObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | null = null;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const clean = SECRET_FIELDS.has(name.toLowerCase()) ? CENSOR : censored(value, depth - 1);
    if (clean === value) continue;
    copy ??= { ...object };
    copy[name] = clean;
  }
  return copy ?? object;
}
