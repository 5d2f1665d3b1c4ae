import { existsSync } from 'node:fs';
import path from 'node:path';

/** Why a Debian package's program cannot be started; null when it is there. */
export function whyNotInstalled(program: string, debianPackage: string): string | null {
  const folders = (process.env.PATH ?? '').split(':');
  if (folders.some(folder => existsSync(path.join(folder, program)))) return null;
  return `${program} is not installed: provisioning/bootstrap.sh --with-bench does it (Debian's ${debianPackage})`;
}
