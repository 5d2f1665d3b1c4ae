import type { Readable } from 'node:stream';
import { Type } from 'typebox';

/** A 204, which has no body; Type.Null is what the description of it can say. */
export function emptyAnswer(description: string) {
  return Type.Unsafe<undefined>(Type.Null({ description }));
}

/** A body that is a file, by each type that it may be of. */
export function fileAnswer<const T extends string>(description: string, ...types: readonly T[]) {
  const schema = Type.Unsafe<string | Buffer | Readable>(Type.String({ format: 'binary' }));
  const content = Object.fromEntries(types.map(type => [type, { schema }])) as Record<T, { schema: typeof schema }>;
  return { description, content };
}
