import { startChild } from '../rig/children.ts';
import { boundUdpPorts, freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import type { SipAgent } from './answering-agent.ts';
import { waitedMs, whyLoadWasLate } from './bench-child.ts';
import { LOAD_CORE } from './pinning.ts';
import { totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';
import { spreadOf } from './setup-run.ts';
import type { RateRun } from './sip-rates.ts';

const HOLD_MS = 500;
const PATIENCE_MS = 30_000;

/** Our stack calls SIPp, which answers 180 and 200 at once; both times are those that the owner of a call sees. */
export async function callerRun(agent: SipAgent, rate: number, seconds: number): Promise<Attempt<RateRun>> {
  const port = await freePort();
  const answerer = await startChild(
    'sipp',
    'taskset',
    ['-c', String(LOAD_CORE), 'sipp', '-sn', 'uas', '-i', '127.0.0.1', '-p', String(port), '-nostdin'],
    { env: { TERM: 'dumb' } },
  );
  try {
    await until('SIPp to listen', () => answerer.exit() !== null || boundUdpPorts().has(port));
    if (answerer.exit() !== null) throw new Error(`SIPp: ${answerer.output().trim()}`);
    const [before, waited] = [totalUsage([agent.pid]), waitedMs(answerer.pid)];
    const order = { port, rate, seconds, holdMs: HOLD_MS };
    const report = await agent.ask(order, seconds * 1000 + PATIENCE_MS);
    const cpuMsPerCall = (totalUsage([agent.pid]).cpuMs - before.cpuMs) / report.calls;
    const late = whyLoadWasLate(waitedMs(answerer.pid) - waited, seconds);
    if (late !== null && report.failed === 0) return { thrownAway: late };
    const firstResponseMs = spreadOf(report.firstResponseMs);
    return { run: { failed: report.failed, firstResponseMs, answerMs: spreadOf(report.answeredMs), cpuMsPerCall } };
  } finally {
    await answerer.stop('SIGKILL');
  }
}
