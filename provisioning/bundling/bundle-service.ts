/**
 * Makes one file of each program of the service, packages included: to find and read some 2,000 files takes a small box
 * seconds at each start.
 *
 *     bundle-service.ts FOLDER
 *
 * A program lies in the folder where its source lies in the project.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ownPlace } from './own-place.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Those that somebody starts, then those that are started by one of them: processes and threads. */
const programs = [
  'firmware/main',
  'firmware/config/check-config',
  'firmware/monitoring/mosquitto-acl',
  'firmware/trunks/trunk-test/main',
  'provisioning/demo/main',
  'pipelines/worker',
  'firmware/monitoring/machine-process',
  'firmware/sessions/archives/zip-thread',
  'firmware/store/store-thread',
];

/** Native ones, which look for their libraries beside themselves. */
const external = ['better-sqlite3', 'gstreamer-superficial'];

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: bundle-service.ts FOLDER');

for (const program of programs) {
  const source = path.join(root, `${program}.ts`);
  await build({
    entryPoints: [source],
    outfile: path.join(folder, `${program}.js`),
    bundle: true,
    external,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    // CommonJS packages ask for Node's own modules by it.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [
      ownPlace(module => {
        const compiled = path.relative(path.dirname(source), module).replace(/\.ts$/, '.js');
        return `new URL(${JSON.stringify(compiled)}, import.meta.url).href`;
      }),
    ],
  });
}
