import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
/** The sources lie in firmware/, the built service in dist/firmware/. */
const root = path.resolve(path.dirname(here), path.extname(here) === '.ts' ? '../..' : '../../..');

/** Where provisioning/bootstrap.sh puts what espeak-ng says, a folder a locale. */
export const BUILT_IN_PROMPTS = path.join(root, 'build/prompts');
