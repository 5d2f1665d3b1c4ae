import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Info } from './topics-box.ts';

/** Where boards (device tree) and PCs (DMI) say what they are. */
const MODEL_FILES = ['proc/device-tree/model', 'sys/class/dmi/id/product_name'];

/** @param root of the file system, for tests */
export function machineFacts(root = '/'): Pick<Info, 'model' | 'os' | 'cores' | 'memoryBytes'> {
  const model = MODEL_FILES.map(file => read(path.join(root, file))).find(text => text !== null) ?? null;
  return {
    model,
    os: {
      name: prettyName(read(path.join(root, 'etc/os-release')) ?? '') ?? os.type(),
      kernel: os.release(),
      architecture: os.arch(),
    },
    cores: os.cpus().length,
    memoryBytes: os.totalmem(),
  };
}

function read(file: string): string | null {
  try {
    // The device tree ends its texts with a zero.
    const text = readFileSync(file, 'utf8').replaceAll('\u0000', '').trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

/** os-release(5) */
function prettyName(text: string): string | null {
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(text)?.[1] ?? null;
}
