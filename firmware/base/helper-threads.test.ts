import os from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { helperThreads, yieldToCalls } from './helper-threads.ts';

test("the collector's helpers run after the main thread", () => {
  const before = os.getPriority(process.pid);
  yieldToCalls();
  assert.is(os.getPriority(process.pid), before);
  const helpers = helperThreads();
  assert.ok(helpers.length > 0 && !helpers.includes(process.pid));
  for (const helper of helpers) assert.is(os.getPriority(helper), 10);
});

test.run();
