import { type Static, Type } from 'typebox';
import { closed, nullable } from '../../../pipelines/protocol/schema.ts';

/**
 *     starting ──▶ started ──▶ stopped
 *         └───────────┴──────▶ failed        something was wrong; what was written by then is kept
 *                     └──────▶ interrupted   the service or its worker ended in the midst of it
 */
export const recordingStatuses = ['starting', 'started', 'stopped', 'failed', 'interrupted'] as const;
export type RecordingStatus = (typeof recordingStatuses)[number];

const Time = (description: string) => nullable(Type.Integer(), `${description}, milliseconds since 1970`);

export const RecordingFile = Type.Object(
  {
    name: Type.String(),
    connectionId: nullable(Type.String(), 'whose stream it is; null of a mixed file'),
    streamId: nullable(Type.String(), 'null of a mixed file'),
    offsetMs: Type.Number({ description: 'of its first sample, since startedAt' }),
    durationMs: nullable(Type.Number(), 'null while it is written, and of one that cannot be played'),
    bytes: nullable(Type.Integer(), 'null while it is written'),
    missedMs: Type.Number({ description: 'silence in the place of audio that the disk did not keep up with' }),
  },
  closed,
);
export type RecordingFile = Static<typeof RecordingFile>;

/** A recording as it is kept and shown. */
export const RecordingRecord = Type.Object(
  {
    id: Type.String(),
    project: Type.String(),
    sessionId: nullable(Type.String(), 'null of the recording of a call'),
    call: Type.Optional(Type.String({ description: 'whose script wanted it' })),
    source: Type.Optional(
      Type.Enum(['record', 'connect', 'conference', 'call'], {
        description: 'what of the script, or of the request for the call',
      }),
    ),
    channels: Type.Optional(
      Type.Integer({ description: '2: what the far end says is the first one, what it hears the second; absent: 1' }),
    ),
    mode: Type.Enum(['mixed', 'individual']),
    format: Type.Enum(['ogg', 'wav']),
    status: Type.Enum([...recordingStatuses]),
    createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
    startedAt: Time('when the first sample was taken'),
    endedAt: Time('when it was over'),
    durationMs: nullable(Type.Number(), 'null until it is over'),
    error: nullable(
      Type.Object({ code: Type.String(), message: Type.String() }, closed),
      'why it failed or was interrupted',
    ),
    notRecorded: Type.Integer({ description: 'streams that were heard after the first 50' }),
    files: Type.Array(RecordingFile),
  },
  closed,
);
export type RecordingRecord = Static<typeof RecordingRecord>;

export function isOver({ status }: RecordingRecord): boolean {
  return status !== 'starting' && status !== 'started';
}
