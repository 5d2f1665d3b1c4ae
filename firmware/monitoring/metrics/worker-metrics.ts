import type { Load } from '../../../pipelines/protocol/figures.ts';
import type { Readings, ReadMetric } from './metric-set.ts';

type Loads = readonly (Load | null)[];

const US = 1e-6;

/** A value for each worker, by its place in the configuration. */
function each(loads: Loads, value: (load: Load) => number): Readings {
  return loads.map((load, index) => [{ worker: String(index) }, load && value(load)]);
}

const labels = ['worker'] as const;

/** Of the media workers: as of their last answer to a ping, at most a second old. */
export const workerMetrics: readonly ReadMetric<Loads>[] = [
  {
    name: 'crosspoint_worker_up',
    type: 'gauge',
    help: '1 while the media worker runs',
    labels,
    read: loads => loads.map((load, index) => [{ worker: String(index) }, load ? 1 : 0]),
  },
  {
    name: 'crosspoint_worker_busy_ratio',
    type: 'gauge',
    help: 'share of one core that the loop of the worker used in the last second',
    labels,
    read: loads => each(loads, ({ busyRatio }) => busyRatio),
  },
  {
    name: 'crosspoint_worker_tick_late_p99_seconds',
    type: 'gauge',
    help: 'how late mixes began in the last second, 99th percentile',
    labels,
    read: loads => each(loads, ({ tickLateUsP99 }) => tickLateUsP99 * US),
  },
  {
    name: 'crosspoint_worker_tick_late_max_seconds',
    type: 'gauge',
    help: 'how late mixes began in the last second, at most',
    labels,
    read: loads => each(loads, ({ tickLateUsMax }) => tickLateUsMax * US),
  },
  {
    name: 'crosspoint_worker_skipped_ticks_total',
    type: 'counter',
    help: 'ticks of 20 ms dropped after stalls, since the worker started',
    labels,
    read: loads => each(loads, ({ skippedTicks }) => skippedTicks),
  },
  {
    name: 'crosspoint_worker_legs',
    type: 'gauge',
    help: 'media legs that are open',
    labels,
    read: loads => each(loads, ({ legs }) => legs),
  },
  {
    name: 'crosspoint_worker_sessions',
    type: 'gauge',
    help: 'sessions that are mixed',
    labels,
    read: loads => each(loads, ({ sessions }) => sessions),
  },
  {
    name: 'crosspoint_webrtc_strangers_total',
    type: 'counter',
    help: 'datagrams dropped at the WebRTC port: of nobody known, forged or replayed',
    labels,
    read: loads => each(loads, ({ iceStrangers }) => iceStrangers),
  },
  {
    name: 'crosspoint_webrtc_tcp_connections',
    type: 'gauge',
    help: 'TCP connections of WebRTC clients',
    labels,
    read: loads => each(loads, ({ iceStreams }) => iceStreams),
  },
  {
    name: 'crosspoint_webrtc_tcp_refused_total',
    type: 'counter',
    help: 'TCP connections of WebRTC clients that were closed: too many, or of nobody known',
    labels,
    read: loads => each(loads, ({ iceStreamsRefused }) => iceStreamsRefused),
  },
];
