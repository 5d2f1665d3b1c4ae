import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './repeat.ts';
import { type RunOptions, SETTLING_MS, window, withServer } from './webrtc-audio-run.ts';
import { enterVideo, received } from './webrtc-load.ts';
import { VIDEO_BITRATE, type WebrtcServer } from './webrtc-server.ts';

export interface VideoRun {
  readonly server: string;
  readonly viewers: number;
  /** All that the viewers were sent, Mbit of payload a second. */
  readonly forwardedMbit: number;
  /** Of the processes that carry media, milliseconds a second. */
  readonly mediaMs: number;
}

const LEAST_SHARE = 0.98;

/** One camera of 1 Mbit/s, and those who look at it. */
export function videoRun(server: WebrtcServer, viewers: number, options: RunOptions): Promise<Attempt<VideoRun>> {
  return withServer(server, async (opened, crowd) => {
    const ends = await enterVideo(opened, viewers);
    await sleep(SETTLING_MS);
    let bytes: number[] = [];
    const begun = performance.now();
    const cpu = await window(opened, options, async () => {
      const figures = await received(crowd, () => sleep(options.seconds * 1000));
      bytes = figures.filter(({ end }) => ends.includes(end)).map(each => each.bytes);
    });
    if ('thrownAway' in cpu) return cpu;
    const elapsedS = (performance.now() - begun) / 1000;
    const least = (LEAST_SHARE * VIDEO_BITRATE * options.seconds) / 8;
    const short = bytes.filter(each => each < least).length;
    if (short > 0 || bytes.length < viewers) return { thrownAway: `${short} of ${viewers} viewers missed packets` };
    const forwardedMbit = (bytes.reduce((sum, each) => sum + each, 0) * 8) / 1e6 / elapsedS;
    return { run: { server: server.name, viewers, forwardedMbit, mediaMs: cpu.run.mediaMs } };
  });
}
