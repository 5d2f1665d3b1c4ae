import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const served = path.join(root, 'build/browser/client/crosspoint.d.ts');

test('the one file of types that the box serves compiles by itself, and defines OT', () => {
  const compiler = path.join(root, 'node_modules/.bin/tsc');
  const options = ['--noEmit', '--strict', '--ignoreConfig', '--types', '', '--lib', 'es2022,dom,dom.iterable'];
  execFileSync(compiler, [...options, served], { stdio: 'inherit' });
  const text = readFileSync(served, 'utf8');
  assert.match(text, /^export as namespace OT;$/m);
  for (const name of ['Session', 'Publisher', 'Subscriber', 'ExceptionEvent', 'SessionEvents'])
    assert.match(text, new RegExp(`^export interface ${name}\\b`, 'm'));
});

test.run();
