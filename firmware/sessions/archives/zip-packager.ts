import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadProgram } from '../../base/thread-program.ts';
import type { RecordingFile, RecordingRecord } from '../recordings/recording.ts';
import { PACKAGE } from '../recordings/recording-folders.ts';
import type { Archive } from './archive.ts';
import { contentsOf } from './contents.ts';
import type { Packager } from './ports.ts';
import type { ZipAnswer, ZipJob } from './zip-job.ts';

/** Streams hold a few chunks of 64 KB; the rest is Node's own. */
const MAX_HEAP_MB = 64;

/** Puts the files of a recording into a zip in their folder, in a thread that ends with it. */
export class ZipPackager implements Packager {
  readonly #directory: string;

  /** @param directory of all recordings */
  constructor(directory: string) {
    this.#directory = directory;
  }

  pack(archive: Archive, { id }: RecordingRecord, files: readonly RecordingFile[]): Promise<number> {
    const folder = path.join(this.#directory, id);
    const { entries, manifest } = contentsOf(archive, files);
    const job: ZipJob = {
      to: path.join(folder, PACKAGE),
      entries: entries.map(({ file, name }) => ({ path: path.join(folder, file), name })),
      manifest,
    };
    return run(job);
  }
}

function run(job: ZipJob): Promise<number> {
  const worker = new Worker(threadProgram('zip-thread', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: ZipAnswer) => {
      if ('bytes' in answer) resolve(answer.bytes);
      else reject(new Error(answer.problem));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread ended before the file was whole')));
  });
}
