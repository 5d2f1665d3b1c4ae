/**
 * Asks the machine, apart from everything else: systeminformation runs programs and waits for them (some synchronously;
 * 110 ms of standstill were measured on an idle x86 core), and signalling must not wait with it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemProbes } from './system-probes.ts';
import type { Answer, Question } from './thread-probes.ts';

const probes = systemProbes(String(workerData));

parentPort?.on('message', async ({ id, probe }: Question) => {
  let answer: Answer;
  try {
    answer = { id, value: await probes[probe]() };
  } catch {
    answer = { id, failed: true };
  }
  parentPort?.postMessage(answer);
});
