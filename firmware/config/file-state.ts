import { statSync } from 'node:fs';

/** A text that changes whenever one of the files does, comes or goes; looking costs a stat of each. */
export function fileState(files: readonly (string | undefined)[]): string {
  return files
    .map(file => {
      const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : '';
    })
    .join('\n');
}
