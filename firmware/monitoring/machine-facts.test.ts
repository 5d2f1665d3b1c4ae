import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { machineFacts } from './machine-facts.ts';

const folders: string[] = [];
test.after.each(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A machine whose files say that. */
function root(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'machine-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

test('a board says its model in the device tree, ended by a zero, and the system its name', () => {
  const { model, os, cores } = machineFacts(
    root({
      'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\u0000',
      'etc/os-release': 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    }),
  );
  assert.is(model, 'Raspberry Pi 4 Model B Rev 1.4');
  assert.is(os.name, 'Debian GNU/Linux 12 (bookworm)');
  assert.ok(cores > 0);
});

test('a PC says it by DMI', () => {
  assert.is(machineFacts(root({ 'sys/class/dmi/id/product_name': 'NUC7\n' })).model, 'NUC7');
});

test('a machine that says nothing has no model, and the system its kernel’s name', () => {
  const { model, os } = machineFacts(root({}));
  assert.is(model, null);
  assert.ok(os.name.length > 0);
});

test.run();
