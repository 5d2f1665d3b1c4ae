import { benchCodecs, type MediaLoad } from './media-load.ts';
import { LOAD_CORE } from './pinning.ts';
import { prefer } from './processes.ts';
import { runTool, tool } from './tools.ts';

/** The generator's side of a load. */
export interface FarEnd {
  /** Leg i takes the pair of ports from firstPort + 2 · i. */
  readonly firstPort: number;
  /** SDES key with which secured legs send, base64; null when nothing is secured. */
  readonly srtpKey: string | null;
}

export interface GeneratorRun extends MediaLoad, FarEnd {
  /** File in which "LEG localport ip remoteport" lines appear while it runs. */
  readonly map: string;
  readonly warmupS: number;
  readonly seconds: number;
  /** How long all legs together may take to be connected. */
  readonly setupLimitS: number;
  /** Processes whose CPU time and memory are taken over the measured window. */
  readonly pids: readonly number[];
}

/** What rtpload prints (hw-tests/load/rtpload/report.c). */
export interface GeneratorReport {
  readonly legs: number;
  readonly roomSize: number;
  readonly active: number;
  /** Legs that were secured. */
  readonly secured: number;
  readonly seconds: number;
  readonly received: number;
  readonly expected: number;
  readonly lost: number;
  readonly jitterMaxMs: number;
  readonly maxGapMs: number;
  readonly latencyMs: {
    readonly count: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  } | null;
  readonly tonesHeard: number;
  readonly tonesExpected: number;
  readonly selfTones: number;
  readonly selfBursts: number;
  readonly lateTicks: number;
  readonly generatorCpuS: number;
  readonly processes: readonly { pid: number; cpuS: number; rssKb: number; threads: number }[];
}

export function generatorArguments(run: GeneratorRun): string[] {
  const numbers: [string, number][] = [
    ['--legs', run.legs],
    ['--room-size', run.roomSize],
    ['--base-port', run.firstPort],
    ['--warmup', run.warmupS],
    ['--duration', run.seconds],
    ['--setup-timeout', run.setupLimitS],
    ...run.pids.map((pid): [string, number] => ['--pid', pid]),
  ];
  const [even, odd] = run.codecs.map(codec => benchCodecs[codec].load) as [string, string];
  const named = ['--map', run.map, '--codec', even, '--odd-codec', odd];
  return [
    ...named,
    ...(run.srtpKey === null ? [] : ['--srtp', run.srtpKey]),
    ...numbers.flatMap(([name, value]) => [name, String(value)]),
  ];
}

/** @throws when the generator could not run; legs that hear nothing are in the report */
export async function generate(run: GeneratorRun): Promise<GeneratorReport> {
  const limitMs = Math.ceil(run.setupLimitS + run.warmupS + run.seconds + 15) * 1000;
  const held = { limitMs, core: LOAD_CORE, started: prefer };
  const { stdout, stderr } = await runTool(tool('rtpload'), generatorArguments(run), held);
  if (!stdout.startsWith('{')) throw new Error(`rtpload: ${stderr.trim()}`);
  return JSON.parse(stdout) as GeneratorReport;
}

/** Ticks of 2 ms a second by which the generator may be late: "a few dozen" in 20 s. */
const LATE_TICKS_A_SECOND = 3;

/** Why the times of a report say more about the machine than about the server; null when they don't. */
export function whyLate({ lateTicks, seconds }: GeneratorReport): string | null {
  return lateTicks > LATE_TICKS_A_SECOND * seconds ? `the generator was late by ${lateTicks * 2} ms` : null;
}

/** Why a report tells of a fault, and not of the cost of a server that works; null when it counts. */
export function whyNotCounted(report: GeneratorReport): string | null {
  const { active, legs, tonesHeard, tonesExpected, selfTones, selfBursts } = report;
  if (active < legs) return `${legs - active} of ${legs} legs heard nothing`;
  if (report.received < report.expected * 0.99)
    return `${percent(1 - report.received / report.expected)} of the packets were missing`;
  if (tonesHeard < tonesExpected) return `${tonesExpected - tonesHeard} of ${tonesExpected} tones were not heard`;
  if (selfTones + selfBursts > 0) return 'legs heard themselves';
  return null;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
