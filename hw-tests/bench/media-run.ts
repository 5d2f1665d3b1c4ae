import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type GeneratorReport, generate, whyNotCounted } from './generator.ts';
import type { MediaServer } from './media-server.ts';
import { totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';

const WARMUP_S = 2;
/** Between the generator's end and the first leg's. */
const SLACK_S = 3;

export interface MediaRun {
  readonly server: string;
  readonly legs: number;
  readonly roomSize: number;
  /** CPU milliseconds per leg and second. */
  readonly cpuMsPerLeg: number;
  /** The same of the processes that only control; null where there are none. */
  readonly controlCpuMsPerLeg: number | null;
  readonly memoryKbPerLeg: number;
  readonly controlMemoryMb: number | null;
  readonly threads: number;
  readonly delayMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly report: GeneratorReport;
}

/** One fresh server, all legs talking, one measured window. */
export async function mediaRun(
  server: MediaServer,
  load: { legs: number; roomSize: number; seconds: number },
): Promise<Attempt<MediaRun>> {
  const { legs, roomSize, seconds } = load;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-bench-'));
  const map = path.join(folder, 'map');
  writeFileSync(map, '');
  const opened = await server.open({ legs, roomSize, holdS: WARMUP_S + seconds + SLACK_S });
  try {
    const { mediaPids, controlPids } = opened;
    const idleKb = totalUsage(mediaPids).rssKb;
    const [report, unconnected] = await Promise.all([
      generate({
        ...load,
        map,
        warmupS: WARMUP_S,
        setupLimitS: opened.connectS + 5,
        pids: [...mediaPids, ...controlPids],
      }),
      opened.connect(map),
    ]);
    const reason = unconnected ?? whyNotCounted(report);
    if (reason !== null) return { thrownAway: reason };
    const used = (pids: readonly number[]) => report.processes.filter(({ pid }) => pids.includes(pid));
    const cpuMsPerLeg = (pids: readonly number[]) => (sum(used(pids).map(p => p.cpuS)) * 1000) / report.seconds / legs;
    const memoryKb = (pids: readonly number[]) => sum(used(pids).map(p => p.rssKb));
    return {
      run: {
        server: server.name,
        legs,
        roomSize,
        cpuMsPerLeg: cpuMsPerLeg(mediaPids),
        controlCpuMsPerLeg: controlPids.length === 0 ? null : cpuMsPerLeg(controlPids),
        memoryKbPerLeg: (memoryKb(mediaPids) - idleKb) / legs,
        controlMemoryMb: controlPids.length === 0 ? null : memoryKb(controlPids) / 1024,
        threads: sum(used(mediaPids).map(p => p.threads)),
        delayMs: report.latencyMs,
        report,
      },
    };
  } finally {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
