import { readFileSync } from 'node:fs';
import { OwnBox } from '../rig/own-box.ts';
import { BenchChild, waitedMs, whyLoadWasLate } from './bench-child.ts';
import { budgets } from './budgets.ts';
import { judge } from './judgement.ts';
import { undisturbed } from './neighbours.ts';
import { LOAD_CORE, pinServer } from './pinning.ts';
import { prefer, totalUsage } from './processes.ts';
import { type Attempt, repeat } from './repeat.ts';
import type { Section } from './section.ts';
import { type Spread, spreadOf } from './setup-run.ts';
import type { JunkOrder, JunkReport } from './sip-junk-sender.ts';
import type { ProbeOrder, ProbeReport } from './sip-prober.ts';
import { median } from './statistics.ts';
import { renderTable, rounded } from './table.ts';

/** Junk packets a second that the budget is for. */
const BUDGET_RATE = 20_000;
const PROBES_A_SECOND = 100;
const LIMIT_MS = 20_000;
const LEAST_SHARE = 0.97;

export interface JunkRun {
  readonly junkPerSecond: number;
  readonly asked: number;
  readonly answered: number;
  readonly answerMs: Spread;
  /** Datagrams that the kernel threw away because the box did not read them in time. */
  readonly dropped: number;
  /** Of one core, 0–1. */
  readonly cpu: number;
}

type Sender = BenchChild<object, JunkOrder, JunkReport>;
type Prober = BenchChild<object, ProbeOrder, ProbeReport>;

/** How soon OPTIONS are answered while junk comes in. @param rate junk packets a second */
export async function measureJunk(options: { rate: number; seconds: number; repeats: number }): Promise<Section> {
  // A stranger has to be one: the box knows 127.0.0.1 alone.
  const box = await OwnBox.start({ config: { builtinNumbers: { allowFrom: ['127.0.0.1/32'] } } });
  const sender: Sender = await BenchChild.start('hw-tests/bench/sip-junk-sender.ts', LOAD_CORE);
  const prober: Prober = await BenchChild.start('hw-tests/bench/sip-prober.ts', LOAD_CORE);
  try {
    await pinServer([box.pid, ...box.workers()]);
    // The one that holds the watch goes before the one that makes the noise.
    prefer(prober.pid);
    const run = (rate: number, seconds: number) => junkRun(box, sender, prober, { rate, seconds });
    await run(options.rate / 2, Math.min(2, options.seconds));
    const { runs, thrownAway } = await repeat(options.repeats, () =>
      undisturbed([box.pid, ...box.workers()], () => run(options.rate, options.seconds)),
    );
    const figure = (of: (run: JunkRun) => number | null) => median(runs.map(of));
    const everyOne = runs.every(({ asked, answered }) => asked === answered);
    const p99 = figure(({ answerMs }) => answerMs.p99);
    return {
      title: 'OPTIONS while junk comes in, the box on one core',
      text: renderTable(
        ['junk/s', 'OPTIONS', 'answered', 'p50 ms', 'p99', 'max', 'dropped by the kernel', '% of a core', 'runs'],
        [
          [
            rounded(
              figure(({ junkPerSecond }) => junkPerSecond),
              0,
            ),
            figure(({ asked }) => asked),
            figure(({ answered }) => answered),
            rounded(
              figure(({ answerMs }) => answerMs.p50),
              2,
            ),
            rounded(p99, 2),
            rounded(
              figure(({ answerMs }) => answerMs.max),
              2,
            ),
            figure(({ dropped }) => dropped),
            rounded(
              figure(({ cpu }) => cpu * 100),
              0,
            ),
            thrownAway.length === 0
              ? `${runs.length}`
              : `${runs.length}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`,
          ],
        ],
      ),
      // A percentile of those that were answered says nothing when some were not.
      judgements: options.rate < BUDGET_RATE ? [] : [judge(budgets.optionsUnderJunk, everyOne ? p99 : null)],
      runs,
    };
  } finally {
    await Promise.all([sender.stop(), prober.stop()]);
    await box.close();
  }
}

async function junkRun(
  box: OwnBox,
  sender: Sender,
  prober: Prober,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Attempt<JunkRun>> {
  const port = box.facts.sip.udpPort;
  const pids = [box.pid, ...box.workers()];
  const [cpu, waited, dropped] = [totalUsage(pids).cpuMs, waitedMs(prober.pid), droppedAt(port)];
  const [junk, probe] = await Promise.all([
    sender.ask({ port, rate, seconds }, seconds * 1000 + LIMIT_MS),
    prober.ask({ port, rate: PROBES_A_SECOND, seconds }, seconds * 1000 + LIMIT_MS),
  ]);
  const junkPerSecond = junk.sent / junk.seconds;
  if (junkPerSecond < rate * LEAST_SHARE)
    return { thrownAway: `only ${junkPerSecond.toFixed(0)} junk packets a second` };
  const late = whyLoadWasLate(waitedMs(prober.pid) - waited, seconds);
  if (late !== null) return { thrownAway: late };
  return {
    run: {
      junkPerSecond,
      asked: probe.asked,
      answered: probe.answeredMs.length,
      answerMs: spreadOf(probe.answeredMs),
      dropped: droppedAt(port) - dropped,
      cpu: (totalUsage(pids).cpuMs - cpu) / 1000 / seconds,
    },
  };
}

/** What the kernel has dropped for want of room on a UDP port of 127.0.0.1, since it was bound. */
function droppedAt(port: number): number {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const row = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find(line => line.trim().split(/\s+/)[1] === address);
  return Number(row?.trim().split(/\s+/).at(-1) ?? 0);
}
