import { readFileSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';

/**
 * The text of a file of keys or certificates.
 * @param unusable the error that is thrown for a file that is missing, unreadable or too large
 */
export function readPem(file: string, maxBytes: number, unusable: (file: string, why: string) => Error): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(file, missing ? 'there is no such file' : messageOf(error));
  }
  if (bytes.length > maxBytes) throw unusable(file, `it is larger than ${maxBytes} bytes`);
  return bytes.toString('latin1');
}
