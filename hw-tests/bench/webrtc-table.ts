import type { Repeated } from './repeat.ts';
import { type Cell, renderTable, rounded } from './table.ts';
import {
  type AudioRow,
  type DelayRow,
  figure,
  idleMs,
  type JoinRow,
  msPerMbit,
  oneSpeaksMs,
  oursBy,
  quantiles,
  speakingMs,
  type VideoRow,
} from './webrtc-rows.ts';

/** Columns: heading, and the cell of a row. */
type Columns<R> = readonly (readonly [heading: string, cell: (row: R) => Cell])[];

function table<R extends { readonly repeated: Repeated<unknown> }>(rows: readonly R[], columns: Columns<R>): string {
  const all: Columns<R> = [...columns, ['runs', ({ repeated }) => counted(repeated)]];
  return renderTable(
    all.map(([heading]) => heading),
    rows.map(row => all.map(([, cell]) => cell(row))),
  );
}

function counted({ runs, thrownAway }: Repeated<unknown>): string {
  if (thrownAway.length === 0) return String(runs.length);
  return `${runs.length}, thrown away ${thrownAway.length}: ${thrownAway.at(-1)}`;
}

/** CPU is in milliseconds a browser and second. */
export function renderAudio(rows: readonly AudioRow[]): string {
  return table(rows, [
    ['each hears', ({ scene }) => (scene.way === 'mix' ? 'the mix' : 'each stream')],
    ['in rooms of', ({ scene }) => scene.roomSize],
    ['browsers', ({ scene }) => scene.browsers],
    ['server', ({ server }) => server],
    ['all muted: CPU ms', row => rounded(idleMs(row), 2)],
    ['ours ÷ this', row => rounded(oursBy(row, rows, idleMs), 2)],
    ['one speaks', row => rounded(oneSpeaksMs(row), 2)],
    ['ours ÷ this', row => rounded(oursBy(row, rows, oneSpeaksMs), 2)],
    ['all speak', row => rounded(speakingMs(row), 2)],
    ['ours ÷ this', row => rounded(oursBy(row, rows, speakingMs), 2)],
    [
      'control CPU ms',
      row =>
        rounded(
          figure(row, run => run.speaking.controlMs / run.load.browsers),
          2,
        ),
    ],
    [
      'KB a browser',
      row =>
        rounded(
          figure(row, run => run.memoryKb),
          0,
        ),
    ],
    ['threads', row => figure(row, run => run.threads)],
  ]);
}

export function renderVideo(rows: readonly VideoRow[]): string {
  return table(rows, [
    ['viewers', ({ scene }) => scene.viewers],
    ['server', ({ server }) => server],
    [
      'Mbit/s forwarded',
      row =>
        rounded(
          figure(row, run => run.forwardedMbit),
          1,
        ),
    ],
    ['CPU ms per Mbit', row => rounded(msPerMbit(row), 2)],
    ['ours ÷ this', row => rounded(oursBy(row, rows, msPerMbit), 2)],
  ]);
}

export function renderJoins(rows: readonly JoinRow[]): string {
  return table(rows, [
    ['server', ({ server }) => server],
    ['joins', ({ repeated }) => repeated.runs.reduce((sum, { hearsMs }) => sum + hearsMs.length, 0)],
    ['hears the other, p50 ms', row => rounded(quantiles(row, run => run.hearsMs).p50, 1)],
    ['p95', row => rounded(quantiles(row, run => run.hearsMs).p95, 1)],
    ['is heard, p50 ms', row => rounded(quantiles(row, run => run.heardMs).p50, 1)],
    ['p95', row => rounded(quantiles(row, run => run.heardMs).p95, 1)],
  ]);
}

export function renderDelays(rows: readonly DelayRow[]): string {
  return table(rows, [
    ['from', ({ scene }) => scene[0]],
    ['to', ({ scene }) => scene[1]],
    ['server', ({ server }) => server],
    ['bursts', ({ repeated }) => repeated.runs.reduce((sum, { addedMs }) => sum + addedMs.length, 0)],
    ['delay p50 ms', row => rounded(quantiles(row, run => run.addedMs).p50, 1)],
    ['p95', row => rounded(quantiles(row, run => run.addedMs).p95, 1)],
  ]);
}
