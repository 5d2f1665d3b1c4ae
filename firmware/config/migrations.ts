/**
 * Files of older versions are brought to the current one before they are checked, so that an update of the gateway
 * never asks for an edit. Migration n (from 0) turns a file of version n + 1 into one of version n + 2.
 */
export type Migration = (file: Record<string, unknown>) => Record<string, unknown>;

const migrations: readonly Migration[] = [];

export const CURRENT_VERSION = migrations.length + 1;

/** The file as the current version would write it; a version from the future is left for the caller to refuse. */
export function migrate(file: Record<string, unknown>, version: number): Record<string, unknown> {
  return migrations.slice(version - 1).reduce((older, migration) => migration(older), file);
}
