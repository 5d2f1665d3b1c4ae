import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { CrosspointError, messageOf } from '../base/errors.ts';

/**
 * The text of a file that only the service's user may read; null when there is none.
 *
 * @param remedy what helps when it cannot be used: "delete it and …"
 * @throws CrosspointError config.secrets-exposed, config.secrets-unreadable
 */
export function readPrivateFile(file: string, remedy: string): string | null {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return null;
  if (!stat.isFile()) throw unreadable(file, 'it is not a plain file', remedy);
  if ((stat.mode & 0o077) !== 0)
    throw new CrosspointError(
      'config.secrets-exposed',
      `${file} can be read or written by other users (mode ${(stat.mode & 0o777).toString(8)}). Run "chmod 600 ${file}"; if others may have read it, ${remedy}`,
    );
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, messageOf(error), remedy);
  }
}

export function unreadable(file: string, why: string, remedy: string): CrosspointError {
  return new CrosspointError(
    'config.secrets-unreadable',
    `${file} cannot be used: ${why}. It is never overwritten; ${remedy}`,
  );
}

/**
 * Written whole or not at all: a crash in the middle leaves no half file under the final name.
 * @throws CrosspointError config.state-dir
 */
export function writePrivateFile(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
    syncFolder(path.dirname(file));
  } catch (error) {
    throw new CrosspointError('config.state-dir', `${file} cannot be written: ${messageOf(error)}`);
  }
}

/** A rename is only safe against power loss when the folder itself is on the disk. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
