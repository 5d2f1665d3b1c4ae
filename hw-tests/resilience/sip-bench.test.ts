import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../rig/own-box.ts';

const run = promisify(execFile);
const LIMIT_MS = 90_000;

interface Found {
  readonly sections: readonly { readonly title: string; readonly text: string; readonly runs: readonly unknown[] }[];
}

test('the bench of the SIP stack runs and prints every part; its figures are for a quiet machine', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'b-'));
  const json = path.join(folder, 'figures.json');
  try {
    const args = ['--import', 'tsx', 'hw-tests/bench/sip.ts', '--quick', '--json', json];
    const { stdout } = await run(process.execPath, args, { cwd: root, timeout: LIMIT_MS });
    const { sections } = JSON.parse(readFileSync(json, 'utf8')) as Found;
    assert.equal(
      sections.map(({ title }) => title.split(/[:,]/)[0]),
      ['Messages', 'Signalling alone', 'Whole calls', 'OPTIONS while junk comes in'],
    );
    for (const { title, text } of sections) {
      assert.ok(stdout.includes(title), title);
      assert.ok(stdout.includes(text), text);
    }
    for (const { title, runs } of sections.slice(0, 3)) assert.ok(runs.length > 0, title);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
