import type { LimitsConfig } from '../config/limits-schema.ts';

/** How the box is, at one moment; null is what nobody knows. */
export interface RoomFigures {
  /** Of the worker that has most room: share of one core, 0–1. */
  readonly busyRatio: number | null;
  /** Of the worker that is least late: how late its mixes began in the last second, 99th percentile. */
  readonly tickLateMs: number | null;
  /** Of the file system that holds the state. */
  readonly diskFreeBytes: number | null;
  /** That the service may still have. */
  readonly memoryFreeBytes: number | null;
}

export type RefusalSlug = 'worker-busy' | 'worker-late' | 'no-ports' | 'disk-full' | 'memory-low';

/** Why new calls are refused. */
export interface RoomReason {
  readonly slug: Exclude<RefusalSlug, 'no-ports'>;
  readonly code: 'media.worker-busy' | 'media.worker-late' | 'store.disk-full' | 'call.memory-low';
  /** For whoever calls. */
  readonly sentence: string;
  readonly retryAfterS: number;
  /** `above` the threshold there is no room, or `below` it. */
  readonly sense: 'above' | 'below';
  /** So many looks in a row must find it, a second apart. */
  readonly looks: number;
  /** There is room again at that part of the threshold, so that calls are not let in and refused by turns. */
  readonly ends: number;
  measure(figures: RoomFigures): number | null;
  threshold(limits: RoomLimits): number;
}

export type RoomLimits = Pick<LimitsConfig, 'workerBusy' | 'workerLateMs' | 'diskFreeBytes' | 'memoryFreeBytes'>;

/**
 * Every reason beside the ports, which are counted and need no threshold. The first that holds is the one that is told.
 *
 * One late second is a machine that stalls now and then; three in a row are one that cannot keep up.
 */
export const ROOM_REASONS: readonly RoomReason[] = [
  {
    slug: 'worker-late',
    code: 'media.worker-late',
    sentence: 'The box is late with the sound of the calls that it has: it takes no more for a moment',
    retryAfterS: 5,
    sense: 'above',
    looks: 3,
    ends: 0.5,
    measure: ({ tickLateMs }) => tickLateMs,
    threshold: ({ workerLateMs }) => workerLateMs,
  },
  {
    slug: 'worker-busy',
    code: 'media.worker-busy',
    sentence: 'The box has as many calls as it can mix well: it takes no more for a moment',
    retryAfterS: 5,
    sense: 'above',
    looks: 2,
    ends: 0.9,
    measure: ({ busyRatio }) => busyRatio,
    threshold: ({ workerBusy }) => workerBusy,
  },
  {
    slug: 'memory-low',
    code: 'call.memory-low',
    sentence: 'The box is short of memory: it takes no more calls until there is some',
    retryAfterS: 10,
    sense: 'below',
    looks: 2,
    ends: 1.25,
    measure: ({ memoryFreeBytes }) => memoryFreeBytes,
    threshold: ({ memoryFreeBytes }) => memoryFreeBytes,
  },
  {
    slug: 'disk-full',
    code: 'store.disk-full',
    sentence: "The box's disk is nearly full, and calls could not be recorded: it takes none until there is room",
    retryAfterS: 30,
    sense: 'below',
    looks: 2,
    ends: 1.25,
    measure: ({ diskFreeBytes }) => diskFreeBytes,
    threshold: ({ diskFreeBytes }) => diskFreeBytes,
  },
];
