/** Writes one zip file: a thread of its own, since the sums over all bytes would hold up whoever else is in it. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ZipFile } from 'yazl';
import { messageOf } from '../../base/errors.ts';
import type { ZipAnswer, ZipJob } from './zip-job.ts';

/** Whoever fetches waits for whoever talks. */
const NICENESS = 10;

const answer = (message: ZipAnswer) => parentPort?.postMessage(message);

async function write({ to, entries, manifest }: ZipJob): Promise<number> {
  const zip = new ZipFile();
  const half = `${to}.half`;
  const file = createWriteStream(half, { mode: 0o600, flush: true });
  zip.on('error', error => file.destroy(error as Error));
  // Opus does not get smaller, and WAV costs more time than it saves.
  for (const { path, name } of entries) zip.addFile(path, name, { compress: false });
  zip.addBuffer(Buffer.from(manifest.text), manifest.name, { compress: false });
  zip.end();
  try {
    await pipeline(zip.outputStream, file);
    await rename(half, to);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
  return (await stat(to)).size;
}

// Of this thread alone, on Linux.
setPriority(NICENESS);
write(workerData as ZipJob).then(
  bytes => answer({ bytes }),
  error => answer({ problem: messageOf(error) }),
);
