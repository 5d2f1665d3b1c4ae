import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readPrivateFile, unreadable, writePrivateFile } from './private-file.ts';

const FILE = 'archive-links.key';
const BYTES = 32;
const REMEDY = 'delete it, and a new key is made; links that were given out are good no more';

/**
 * The key that links to archives are signed with: made at the first start, in `<stateDir>/archive-links.key`.
 * @throws CrosspointError config.secrets-exposed, config.secrets-unreadable, config.state-dir
 */
export function loadLinkKey(stateDir: string): Buffer {
  const file = path.join(stateDir, FILE);
  const known = readPrivateFile(file, REMEDY);
  if (known === null) {
    const key = randomBytes(BYTES);
    writePrivateFile(file, `${key.toString('hex')}\n`);
    return key;
  }
  if (!new RegExp(`^[0-9a-f]{${2 * BYTES}}\n?$`).test(known)) throw unreadable(file, 'it holds no key', REMEDY);
  return Buffer.from(known.trim(), 'hex');
}
