import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { undisturbed } from './neighbours.ts';
import { pinServer } from './pinning.ts';
import { cpuMsOf, totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';
import { type AudioLoad, enter, PACKETS_A_SECOND, type Present, received } from './webrtc-load.ts';
import type { OpenWebrtcServer, WebrtcServer } from './webrtc-server.ts';

/** Until buffers, key frames and estimates have settled. */
export const SETTLING_MS = 2_000;
/** Opus of speech at 32 kbit/s has 80 bytes a packet on average, of silence 3. */
const LEAST_BYTES = 20;
/** A load that sent more of its packets late than this was not the load that is meant. */
const MOST_LATE = 0.02;

export interface RunOptions {
  readonly seconds: number;
  /** For machines that are never quiet: count runs in which others worked on the server's core, or made the load late. */
  readonly busy: boolean;
}

/** Milliseconds of CPU a second, of the processes that carry media and of those that control. */
export interface CpuFigures {
  readonly mediaMs: number;
  readonly controlMs: number;
}

export interface AudioRun {
  readonly server: string;
  readonly load: AudioLoad;
  /** All have entered, are muted and have Opus's DTX. */
  readonly idle: CpuFigures;
  /** One of each room speaks, the others are muted. */
  readonly oneSpeaks: CpuFigures;
  /** All speak. */
  readonly speaking: CpuFigures;
  /** Of the processes that carry media, a browser. */
  readonly memoryKb: number;
  readonly threads: number;
  readonly suites: readonly string[];
}

/** Has a fresh server and a fresh crowd, and ends them. */
export async function withServer<T>(
  server: WebrtcServer,
  use: (server: OpenWebrtcServer, crowd: Crowd) => Promise<T>,
): Promise<T> {
  const crowd = await Crowd.start();
  try {
    const opened = await server.open(crowd);
    try {
      await pinServer([...opened.mediaPids, ...opened.controlPids]);
      return await use(opened, crowd);
    } finally {
      await opened.close();
    }
  } finally {
    await crowd.stop();
  }
}

/** One fresh server, all browsers in their rooms, and a window each in which nobody, one of each room, and everybody speaks. */
export function audioRun(server: WebrtcServer, load: AudioLoad, options: RunOptions): Promise<Attempt<AudioRun>> {
  return withServer(server, async (opened, crowd) => {
    const before = totalUsage(opened.mediaPids);
    const present = await enter(opened, load);
    const over = () => sleep(options.seconds * 1000);
    crowd.say(present.speakers, { voice: 'quiet' });
    await sleep(SETTLING_MS);
    const idle = await window(opened, options, over);
    if ('thrownAway' in idle) return idle;
    crowd.say(firstOfRooms(present, load), { voice: 'speech' });
    await sleep(SETTLING_MS);
    const oneSpeaks = await window(opened, options, over);
    if ('thrownAway' in oneSpeaks) return oneSpeaks;
    crowd.say(present.speakers, { voice: 'speech' });
    await sleep(SETTLING_MS);
    let wrong: string | null = null;
    const speaking = await window(opened, options, async () => {
      const figures = await received(crowd, over);
      wrong = whyNotHeard(present, figures, options);
    });
    if ('thrownAway' in speaking) return speaking;
    if (wrong !== null) return { thrownAway: wrong };
    const after = totalUsage(opened.mediaPids);
    const run = {
      ...{ server: server.name, load, idle: idle.run, oneSpeaks: oneSpeaks.run, speaking: speaking.run },
      ...{ memoryKb: (after.rssKb - before.rssKb) / load.browsers, threads: after.threads, suites: crowd.suites },
    };
    return { run };
  });
}

/** In the order of their rooms. */
const firstOfRooms = ({ speakers }: Present, { roomSize }: AudioLoad): number[] =>
  speakers.filter((_, index) => index % roomSize === 0);

/** The server's CPU over a window. */
export async function window(
  { mediaPids, controlPids }: OpenWebrtcServer,
  { busy }: RunOptions,
  over: () => Promise<void>,
): Promise<Attempt<CpuFigures>> {
  const attempt = async (): Promise<Attempt<CpuFigures>> => {
    const [begun, media, control] = [performance.now(), cpuMsOf(mediaPids), cpuMsOf(controlPids)];
    await over();
    const perSecond = 1000 / (performance.now() - begun);
    return {
      run: {
        mediaMs: (cpuMsOf(mediaPids) - media) * perSecond,
        controlMs: (cpuMsOf(controlPids) - control) * perSecond,
      },
    };
  };
  return busy ? attempt() : undisturbed([...mediaPids, ...controlPids], attempt);
}

export type EndsReceived = Awaited<ReturnType<typeof received>>;

/** Why a window tells of a fault, or of a load that was late, and not of the cost of what is meant; null when it counts. */
export function whyNotHeard(present: Present, figures: EndsReceived, { seconds, busy }: RunOptions): string | null {
  const least = 0.98 * PACKETS_A_SECOND * seconds;
  const listeners = figures.filter(({ end }) => present.listeners.includes(end));
  const short = listeners.filter(({ packets }) => packets < least).length;
  if (short > 0) return `${short} of ${listeners.length} listeners missed packets`;
  const silent = listeners.filter(({ packets, bytes }) => bytes / packets < LEAST_BYTES).length;
  if (silent > 0) return `${silent} of ${listeners.length} listeners heard silence`;
  const late = figures.reduce((sum, each) => sum + each.late, 0);
  const most = MOST_LATE * PACKETS_A_SECOND * seconds * present.speakers.length;
  return late > most && !busy ? `${late} packets of the load were late` : null;
}
