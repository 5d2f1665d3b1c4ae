import { type Static, Type } from 'typebox';
import { closed, nullable } from '../../../pipelines/protocol/schema.ts';

/**
 *     started ◀──▶ paused     nobody is in the session: a minute later it stops
 *        └────┬─────┘
 *             ▼
 *          stopped ──▶ available ──▶ expired    its files are kept no longer
 *             └──────▶ failed                   nothing of it can be played
 */
export const archiveStatuses = ['started', 'paused', 'stopped', 'available', 'expired', 'failed'] as const;
export type ArchiveStatus = (typeof archiveStatuses)[number];

/** Stored and given back; sound has no layout. */
export const ArchiveLayout = Type.Object({
  type: Type.String({ minLength: 1, maxLength: 64 }),
  stylesheet: Type.Optional(Type.String({ maxLength: 16_384 })),
  screenshareType: Type.Optional(Type.String({ maxLength: 64 })),
});
export type ArchiveLayout = Static<typeof ArchiveLayout>;

/** An archive as it is kept. The recording of the same id has its files. */
export const Archive = Type.Object(
  {
    id: Type.String({ description: 'of its recording, too' }),
    project: Type.String(),
    sessionId: Type.String(),
    name: Type.String(),
    status: Type.Enum([...archiveStatuses]),
    reason: Type.String({ description: 'why it stopped or failed; empty before' }),
    createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
    /** When it got its status. */
    changedAt: Type.Integer(),
    durationMs: Type.Number({ description: '0 until it has stopped' }),
    bytes: Type.Integer({ description: 'of the file that is fetched; 0 until it is there' }),
    outputMode: Type.Enum(['composed', 'individual'], {
      description: 'one file of all, or a zip with one for each stream',
    }),
    streamMode: Type.Enum(['auto', 'manual'], { description: 'manual: of the streams that were added' }),
    streams: Type.Array(Type.String(), { description: 'added ones, in manual mode' }),
    resolution: nullable(Type.String(), 'as it was asked for'),
    layout: nullable(ArchiveLayout, 'as it was asked for'),
    multiArchiveTag: nullable(Type.String(), 'tells archives of one session apart'),
    file: nullable(Type.String(), 'in the folder of the recording, once it is available'),
  },
  closed,
);
export type Archive = Static<typeof Archive>;

/** It records, or will as soon as somebody is there. */
export function isRunning({ status }: Archive): boolean {
  return status === 'started' || status === 'paused';
}
