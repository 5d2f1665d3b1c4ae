import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { root } from './discover.ts';

/** In 340 files, each of which passes through the loader's hooks: a second of CPU for every process that imports it. */
const PACKAGES = ['typebox', 'typebox/value', 'typebox/compile'];

/**
 * Makes one file of packages that consist of very many, for tests alone.
 *
 * @param folder where it is written
 * @returns what the environment of a process under tsx needs in order to use it
 */
export async function bundlePackages(folder: string): Promise<Readonly<Record<string, string>>> {
  const entryPoints = Object.fromEntries(
    PACKAGES.map(name => [name, fileURLToPath(import.meta.resolve(name))] as const),
  );
  await build({
    entryPoints,
    bundle: true,
    // What they share (its registries) exists once.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  await stop();
  const paths = Object.fromEntries(PACKAGES.map(name => [name, [path.join(folder, `${name}.mjs`)]]));
  const file = path.join(folder, 'tsconfig.json');
  writeFileSync(file, JSON.stringify({ extends: path.join(root, 'tsconfig.json'), compilerOptions: { paths } }));
  return { TSX_TSCONFIG_PATH: file };
}
