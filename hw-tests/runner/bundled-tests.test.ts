import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleTests } from './bundled-tests.ts';
import { countsOf } from './counts.ts';
import { root } from './discover.ts';

const run = promisify(execFile);

test('a bundled test runs without a compiler, finds what lies beside its source and starts what the service starts', async () => {
  const files = ['firmware/sip/message/rfc5118.test.ts', 'firmware/sessions/archives/archives.test.ts'];
  const folder = await bundleTests(files);
  try {
    for (const file of files) {
      const { stdout } = await run(process.execPath, [path.join(folder, `${file}.mjs`)], { cwd: root });
      const { counts } = countsOf('uvu', stdout, 0);
      assert.ok(counts.passed > 0 && counts.failed === 0, stdout);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
