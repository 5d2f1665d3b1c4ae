import { type Static, Type } from 'typebox';
import { Bytes, Count, group, Seconds } from './schema-parts.ts';

export const LimitsSchema = Type.Object(
  {
    ringSeconds: Seconds(120, 'how long a call may ring without an answer'),
    firstRtpSeconds: Seconds(30, 'an answered call without any RTP ends after this (reason 704)'),
    inactivitySeconds: Seconds(300, 'a call whose RTP stopped ends after this (reason 706)'),
    silenceSeconds: Seconds(
      20,
      'RTP with nothing to hear in it (below -60 dBov) for this long is told of as dead air; the call goes on',
    ),
    callSeconds: Seconds(21_600, 'longest call (reason 705)'),
    callsPerProject: Count(1000, 100_000, 'calls that a project may have at a time; more get 429'),
    sessionsPerProject: Count(
      20_000,
      1_000_000,
      'sessions kept for a project; the one unused longest makes way, 429 when none is unused for an hour',
    ),
    connectionsPerSession: Count(1000, 100_000, 'connections in a session at a time'),
    workerBusy: Type.Number({
      minimum: 0.001,
      maximum: 1,
      default: 0.9,
      description:
        'new calls get 503 while every media worker uses more than this share of a core, so that those that there are stay good',
    }),
    workerLateMs: Count(
      100,
      10_000,
      'the same while the sound of every media worker has been later than this for three seconds (99th percentile)',
    ),
    memoryFreeBytes: Bytes(64 * 2 ** 20, 'the same while less memory than this is free; 0: not looked at'),
    diskFreeBytes: Bytes(
      64 * 2 ** 20,
      'the same while less than this is free on the disk of stateDir; 0: not looked at',
    ),
  },
  group,
);

export type LimitsConfig = Static<typeof LimitsSchema>;
