import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../base/manual-clock.ts';
import { WalSync } from './wal-sync.ts';

const folder = mkdtempSync(join(tmpdir(), 'wal-sync-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('changes are synced once an interval, and nothing is while nothing changes', async () => {
  const clock = new ManualClock();
  writeFileSync(join(folder, 'x.db-wal'), 'x');
  let told = (_error: Error | null) => undefined as unknown;
  const synced = new Promise<Error | null>(resolve => {
    told = resolve;
  });
  const sync = new WalSync(join(folder, 'x.db'), 1000, clock, error => told(error));
  assert.is(clock.pendingTimers, 0);
  sync.changed();
  sync.changed();
  assert.is(clock.pendingTimers, 1);
  clock.advance(1000);
  assert.is(await synced, null);
  assert.is(clock.pendingTimers, 0);
  sync.changed();
  sync.close();
  assert.is(clock.pendingTimers, 0);
});

test('a log that cannot be synced is reported', async () => {
  const clock = new ManualClock();
  const error = await new Promise<Error | null>(resolve => {
    new WalSync(join(folder, 'missing.db'), 1000, clock, resolve).changed();
    clock.advance(1000);
  });
  assert.match(error?.message ?? '', 'ENOENT');
});

test.run();
