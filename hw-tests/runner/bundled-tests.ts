import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin, stop } from 'esbuild';
import { ownPlace } from '../../provisioning/bundling/own-place.ts';
import { root } from './discover.ts';

/** Packages stay where they are, since some look for files of their own; but these are 340 files. */
const packages: Plugin = {
  name: 'packages',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || /^(typebox|@fastify\/type-provider-typebox)(\/|$)/.test(name)
        ? undefined
        : { path: name, external: true },
    ),
};

/** What the firmware starts, a worker or a thread, is the built service's; what else is read lies beside its source. */
function placeOf(source: string): string {
  const file = path.relative(root, source);
  const isBuilt = /^firmware\//.test(file) && !/\.(test|fixture|samples)\.ts$|\/(fuzz|testing)\//.test(file);
  const place = isBuilt ? path.join('dist', file.replace(/\.ts$/, '.js')) : file;
  return JSON.stringify(pathToFileURL(path.join(root, place)).href);
}

/**
 * Makes plain JavaScript of test files, with what they have in common in common files: a process that compiles for
 * itself what it imports, module by module, takes longer for that than for its tests.
 *
 * @param files from the root of the project
 * @returns the folder, which is the caller's to remove; below it each test lies as its source does, by the name
 *   `<file>.mjs`
 */
export async function bundleTests(files: readonly string[]): Promise<string> {
  // Within the project, where Node finds its packages.
  mkdirSync(path.join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'build/tests-'));
  await build({
    entryPoints: files.map(file => ({ in: path.join(root, file), out: file })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'common/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [packages, ownPlace(placeOf)],
  });
  await stop();
  return folder;
}
