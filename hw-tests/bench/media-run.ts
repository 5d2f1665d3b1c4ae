import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type FarEnd, type GeneratorReport, generate, whyLate, whyNotCounted } from './generator.ts';
import type { MediaLoad } from './media-load.ts';
import type { MediaServer, OpenMediaServer } from './media-server.ts';
import { undisturbed } from './neighbours.ts';
import { pinServer } from './pinning.ts';
import { portRange } from './port-range.ts';
import { totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';

const WARMUP_S = 2;
/** Between the generator's end and the first leg's. */
const SLACK_S = 1;
const SDES_KEY_BYTES = 30;
const PORTS_A_LEG = 2;

export interface MediaRun {
  readonly server: string;
  readonly load: MediaLoad;
  /** CPU milliseconds per leg and second. */
  readonly cpuMsPerLeg: number;
  /** The same of the processes that only control; null where there are none. */
  readonly controlCpuMsPerLeg: number | null;
  readonly memoryKbPerLeg: number;
  readonly controlMemoryMb: number | null;
  readonly threads: number;
  readonly delayMs: GeneratorReport['latencyMs'];
  /** Of its core. */
  readonly generatorShare: number;
  readonly report: GeneratorReport;
}

export interface RunOptions {
  readonly seconds: number;
  /**
   * For machines that are never quiet: count runs in which others worked on the server's core, and of those in which the
   * load was late all but the delays.
   */
  readonly busy: boolean;
}

/** One fresh server on its core, the load on the other, all legs talking, one measured window. */
export async function mediaRun(
  server: MediaServer,
  load: MediaLoad,
  { seconds, busy }: RunOptions,
): Promise<Attempt<MediaRun>> {
  const farEnd: FarEnd = {
    firstPort: portRange(PORTS_A_LEG * load.legs)[0],
    srtpKey: load.secured ? randomBytes(SDES_KEY_BYTES).toString('base64') : null,
  };
  const opened = await server.open({ ...load, ...farEnd, holdS: WARMUP_S + seconds + SLACK_S });
  try {
    const pids = [...opened.mediaPids, ...opened.controlPids];
    await pinServer(pids);
    const idleKb = totalUsage(opened.mediaPids).rssKb;
    const attempt = async (): Promise<Attempt<MediaRun>> => {
      const result = await underLoad(opened, { ...load, ...farEnd }, seconds);
      if ('thrownAway' in result) return result;
      const late = whyLate(result.run);
      if (late !== null && !busy) return { thrownAway: late };
      if (result.run.secured !== (load.secured ? server.securedShare * load.legs : 0))
        return { thrownAway: `${result.run.secured} legs were secured` };
      return { run: figuresOf(server, load, opened, idleKb, result.run) };
    };
    return busy ? await attempt() : await undisturbed(pids, attempt);
  } finally {
    await opened.close();
  }
}

async function underLoad(
  { mediaPids, controlPids, connectS, connect }: OpenMediaServer,
  load: MediaLoad & FarEnd,
  seconds: number,
): Promise<Attempt<GeneratorReport>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-bench-'));
  const map = path.join(folder, 'map');
  writeFileSync(map, '');
  try {
    const [report, unconnected] = await Promise.all([
      generate({
        ...load,
        map,
        warmupS: WARMUP_S,
        seconds,
        setupLimitS: connectS + 5,
        pids: [...mediaPids, ...controlPids],
      }),
      connect(map),
    ]);
    const thrownAway = unconnected ?? whyNotCounted(report);
    return thrownAway === null ? { run: report } : { thrownAway };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(
  server: MediaServer,
  load: MediaLoad,
  { mediaPids, controlPids }: OpenMediaServer,
  idleKb: number,
  report: GeneratorReport,
): MediaRun {
  const used = (pids: readonly number[]) => report.processes.filter(({ pid }) => pids.includes(pid));
  const cpuMsPerLeg = (pids: readonly number[]) =>
    (sum(used(pids).map(p => p.cpuS)) * 1000) / report.seconds / load.legs;
  const memoryKb = (pids: readonly number[]) => sum(used(pids).map(p => p.rssKb));
  const controlled = controlPids.length > 0;
  return {
    server: server.name,
    load,
    cpuMsPerLeg: cpuMsPerLeg(mediaPids),
    controlCpuMsPerLeg: controlled ? cpuMsPerLeg(controlPids) : null,
    memoryKbPerLeg: (memoryKb(mediaPids) - idleKb) / load.legs,
    controlMemoryMb: controlled ? memoryKb(controlPids) / 1024 : null,
    threads: sum(used(mediaPids).map(p => p.threads)),
    delayMs: whyLate(report) === null ? report.latencyMs : null,
    generatorShare: report.generatorCpuS / report.seconds,
    report,
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
