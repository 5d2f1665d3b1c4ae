import type { Log } from '../base/log.ts';
import type { StoredDocuments } from './store.ts';

/** Things of one kind, in the store as JSON. */
export interface TypedDocuments<T> {
  save(thing: T): Promise<void>;
  /** Oldest first. */
  all(): Promise<readonly T[]>;
  delete(id: string): Promise<void>;
}

/** @param is whether this release can read it: another one may have stored it */
export function typedDocuments<T extends { readonly id: string; readonly createdAt: number }>(
  documents: StoredDocuments,
  is: (value: unknown) => value is T,
  log: Log,
): TypedDocuments<T> {
  return {
    save: async thing => {
      await documents.save({ id: thing.id, createdAt: thing.createdAt, record: JSON.stringify(thing) });
    },
    all: async () =>
      (await documents.all()).flatMap(({ id, record }) => {
        const parsed: unknown = JSON.parse(record);
        if (is(parsed)) return [parsed];
        log.warn({ id }, 'something was stored by another release in a way that this one does not know');
        return [];
      }),
    delete: async id => {
      await documents.delete(id);
    },
  };
}
