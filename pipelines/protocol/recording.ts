/** What a recording is asked for with, and what is told of it. */
import { type Static, Type } from 'typebox';
import { closed, nullable } from './schema.ts';

const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'also the name of its folder' });

const RecordedLegs = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  maxItems: 64,
  description: 'those that are recorded, there or not; absent: all of the session',
});

export const RecordingStart = Type.Object(
  {
    recording: Id,
    session: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'whose legs it records; or `leg` is given' }),
    ),
    leg: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'records what it says and what it hears, in whichever session, until it is closed: call.ogg',
      }),
    ),
    channels: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2)], {
        description:
          'of the file of a leg: 2: what it says is the first one, what it hears the second; default 1, the sum',
      }),
    ),
    mode: Type.Union([
      Type.Literal('mixed', { description: 'one file of all that is said: mixed.ogg; of a leg always' }),
      Type.Literal('individual', {
        description:
          'a file for each of the first 50 legs that are heard, from its first word on: 01.ogg, 02.ogg … in time with each other by offsetMs',
      }),
    ]),
    format: Type.Union([
      Type.Literal('ogg', { description: 'Opus, 32 kbit/s a channel' }),
      Type.Literal('wav', { description: '16 bit; at most 4 GB a file' }),
    ]),
    sampleRate: Type.Optional(
      Type.Union([Type.Literal(8000), Type.Literal(16_000), Type.Literal(48_000)], { description: 'default 48000' }),
    ),
    legs: Type.Optional(RecordedLegs),
    directory: Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'the one that the worker was started with; the recording is a folder in it, with recording.json beside its files',
    }),
  },
  closed,
);
export type RecordingStart = Static<typeof RecordingStart>;

export const RecordingRef = Type.Object({ recording: Id }, closed);

/** The file of a leg that is not among them any more is complete; chosen again, it begins another. */
export const RecordingChoice = Type.Object({ recording: Id, legs: RecordedLegs }, closed);

export const RecordedFile = Type.Object(
  {
    path: Type.String({ description: "in the recording's folder" }),
    leg: nullable(Type.String(), 'null of what all say'),
    offsetMs: Type.Number({ description: 'of its first sample, since the recording began' }),
    durationMs: nullable(Type.Number(), 'null of a file that is being written'),
    bytes: Type.Integer(),
    missedMs: Type.Number({ description: 'silence in the place of audio that the disk did not keep up with' }),
  },
  closed,
);
export type RecordedFile = Static<typeof RecordedFile>;

export const RecordingEnded = Type.Object(
  {
    recording: Id,
    reason: Type.Union([
      Type.Literal('stopped'),
      Type.Literal('failed'),
      Type.Literal('reset', { description: 'with the worker, or by whoever cleared it' }),
    ]),
    error: nullable(Type.Object({ code: Type.String(), message: Type.String() }, closed), 'null unless it failed'),
    durationMs: Type.Number(),
    notRecorded: Type.Integer({ description: 'legs that were heard after the first 50' }),
    files: Type.Array(RecordedFile),
  },
  closed,
);
export type RecordingEnded = Static<typeof RecordingEnded>;

/** `recording.json`, in the folder of each recording: written anew whenever a file begins or is complete. */
export const RecordingManifest = Type.Object(
  {
    version: Type.Literal(1),
    recording: Id,
    session: nullable(Type.String(), 'null of the recording of a leg'),
    leg: Type.Optional(nullable(Type.String(), 'null of the recording of a session')),
    channels: Type.Optional(Type.Integer()),
    mode: Type.Union([Type.Literal('mixed'), Type.Literal('individual')]),
    format: Type.Union([Type.Literal('ogg'), Type.Literal('wav')]),
    sampleRate: Type.Integer(),
    startedAt: Type.Integer({ description: 'milliseconds since 1970' }),
    reason: nullable(Type.String(), 'as in recording.ended; null of one that runs, or was cut off'),
    files: Type.Array(RecordedFile),
  },
  closed,
);
export type RecordingManifest = Static<typeof RecordingManifest>;
