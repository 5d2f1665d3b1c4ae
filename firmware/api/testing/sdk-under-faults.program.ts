/**
 * An application whose every request fails: it does everything that an SDK can do, once for each fault, and prints as
 * JSON what became of it. Ours is a process of its own, for what the SDKs do wrong ends processes.
 *
 *     sdk-under-faults.program.ts opentok|video URL FAULT…
 *
 * The URL has a server at `<URL>/<FAULT>` that answers everything with that fault.
 */
import { rsaKeys } from '../../config/projects.fixture.ts';
import { OpenTok } from './opentok-sdk.ts';
import { opentokOperations, videoOperations } from './sdk-operations.ts';
import { videoOf } from './vonage-sdk.ts';

export interface Ending {
  readonly operation: string;
  readonly fault: string;
  /** How often its callback was called, or its promise settled. */
  ends: number;
  /** What it ended with first; null: as if nothing were wrong. */
  error: string | null;
  /** What would have ended the process. */
  fatal: string | null;
}

/** Long after an answer over loopback. */
const LIMIT_MS = 5_000;

const [kind, url = '', ...faults] = process.argv.slice(2);
const endings: Ending[] = [];
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    const last = endings.at(-1);
    if (last) last.fatal ??= String(error);
  });

/** Resolves when it has ended for the first time, and has had the time to end again. */
async function attempt(operation: string, fault: string, run: (ended: (error: unknown) => void) => unknown) {
  const ending: Ending = { operation, fault, ends: 0, error: null, fatal: null };
  endings.push(ending);
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, LIMIT_MS);
    run(error => {
      ending.ends++;
      if (ending.ends > 1) return;
      if (error) ending.error = error instanceof Error ? error.message : String(error);
      clearTimeout(timer);
      setImmediate(() => setImmediate(resolve));
    });
  });
}

const key = '11111111-1111-4111-8111-111111111111';
const keys = rsaKeys();
for (const fault of faults) {
  if (kind === 'opentok') {
    const sdk = new OpenTok('46000001', 'a secret', `${url}/${fault}`);
    for (const { name, run } of opentokOperations) await attempt(name, fault, ended => run(sdk, ended));
  } else {
    const sdk = videoOf({ project: { id: key }, keys }, `${url}/${fault}`);
    for (const { name, run } of videoOperations)
      await attempt(name, fault, ended => run(sdk).then(() => ended(null), ended));
  }
}
process.stdout.write(JSON.stringify(endings));
