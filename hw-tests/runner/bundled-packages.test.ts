import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundlePackages } from './bundled-packages.ts';
import { root } from './discover.ts';

const run = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'xp-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a process under tsx takes the bundle, and what it checks is what the package checks', async () => {
  const environment = await bundlePackages(path.join(folder, 'packages'));
  const program = path.join(folder, 'program.mts');
  writeFileSync(
    program,
    `import { Type } from 'typebox';
    import { Value } from 'typebox/value';
    import { Compile } from 'typebox/compile';
    const schema = Type.Object({ a: Type.Integer() });
    console.log(import.meta.resolve('typebox').slice(0, 5), Value.Check(schema, { a: 1 }), Compile(schema).Check({ a: 'x' }));`,
  );
  // Outside the repository nothing but the bundle can be meant.
  const { stdout } = await run(
    process.execPath,
    ['--import', path.join(root, 'node_modules/tsx/dist/loader.mjs'), program],
    {
      cwd: folder,
      env: { ...process.env, ...environment },
    },
  );
  assert.is(stdout.trim(), 'file: true false');
});

test.run();
