import { type Static, Type } from 'typebox';
import { type Archive, archiveStatuses } from './archive.ts';

const nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/** An archive as the project sees it (CONTRACT §1.10). */
export const ArchiveView = Type.Object({
  id: Type.String(),
  status: Type.Enum([...archiveStatuses]),
  name: Type.String(),
  reason: Type.String({ description: 'why it stopped or failed; empty before' }),
  sessionId: Type.String(),
  projectId: Type.String(),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  size: Type.Integer({ description: 'bytes of the file; 0 until it is there' }),
  duration: Type.Integer({ description: 'seconds; 0 until it has stopped' }),
  outputMode: Type.Enum(['composed', 'individual']),
  streamMode: Type.Enum(['auto', 'manual']),
  hasAudio: Type.Boolean(),
  hasVideo: Type.Boolean({ description: 'always false: sound is archived' }),
  resolution: nullable('as it was asked for'),
  url: nullable('of its file, for ten minutes; null unless it is available'),
  streams: Type.Optional(
    Type.Array(Type.Object({ streamId: Type.String(), hasAudio: Type.Boolean(), hasVideo: Type.Boolean() }), {
      description: 'in manual mode, those that were added',
    }),
  ),
  multiArchiveTag: Type.Optional(Type.String()),
});
export type ArchiveView = Static<typeof ArchiveView>;

/** @param url of its file; null unless that can be fetched */
export function archiveView(archive: Archive, url: string | null): ArchiveView {
  const { id, status, name, reason, sessionId, project, createdAt, bytes, durationMs } = archive;
  const { outputMode, streamMode, resolution, streams, multiArchiveTag } = archive;
  return {
    id,
    status,
    name,
    reason,
    sessionId,
    projectId: project,
    createdAt,
    size: bytes,
    duration: Math.round(durationMs / 1000),
    outputMode,
    streamMode,
    hasAudio: true,
    hasVideo: false,
    resolution,
    url,
    ...(streamMode === 'manual' && {
      streams: streams.map(streamId => ({ streamId, hasAudio: true, hasVideo: false })),
    }),
    ...(multiArchiveTag !== null && { multiArchiveTag }),
  };
}

/** What its file is called outside; null of one that has none. */
export function filenameOf({ file }: Archive): string | null {
  return file && `archive${file.slice(file.lastIndexOf('.'))}`;
}
