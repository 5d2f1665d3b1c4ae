import type { Repeated } from './repeat.ts';
import { median, percentile } from './statistics.ts';
import type { AudioRun } from './webrtc-audio-run.ts';
import type { DelayRun, Leg } from './webrtc-delay-run.ts';
import type { JoinRun } from './webrtc-join-run.ts';
import type { AudioLoad } from './webrtc-load.ts';
import type { VideoRun } from './webrtc-video-run.ts';

/** What one scene showed of one server. */
export interface Row<Scene, Run> {
  readonly scene: Scene;
  readonly server: string;
  readonly repeated: Repeated<Run>;
}

export type AudioRow = Row<AudioLoad, AudioRun>;
export type VideoRow = Row<{ readonly viewers: number }, VideoRun>;
export type JoinRow = Row<null, JoinRun>;
export type DelayRow = Row<Leg, DelayRun>;

export const OURS = 'crosspoint';

/** The median over the runs. */
export const figure = <Run>({ repeated }: Row<unknown, Run>, of: (run: Run) => number): number | null =>
  median(repeated.runs.map(of));

export const idleMs = (row: AudioRow) => figure(row, ({ idle, load }) => idle.mediaMs / load.browsers);
export const oneSpeaksMs = (row: AudioRow) => figure(row, ({ oneSpeaks, load }) => oneSpeaks.mediaMs / load.browsers);
export const speakingMs = (row: AudioRow) => figure(row, ({ speaking, load }) => speaking.mediaMs / load.browsers);
export const msPerMbit = (row: VideoRow) => figure(row, ({ mediaMs, forwardedMbit }) => mediaMs / forwardedMbit);

/** Of all that the runs have measured. */
export function quantiles<Run>({ repeated }: Row<unknown, Run>, of: (run: Run) => readonly number[]) {
  const all = repeated.runs.flatMap(of);
  return { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
}

/** Ours by another server's of the same scene; null for our own rows, and where one of them has no figure. */
export function oursBy<Scene, Run>(
  row: Row<Scene, Run>,
  rows: readonly Row<Scene, Run>[],
  of: (row: Row<Scene, Run>) => number | null,
): number | null {
  const ours = rows.find(({ server, scene }) => server === OURS && JSON.stringify(scene) === JSON.stringify(row.scene));
  if (ours === undefined || row.server === OURS) return null;
  return ratio(of(ours), of(row));
}

export const ratio = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b;
