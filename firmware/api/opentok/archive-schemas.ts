import { Type } from 'typebox';
import { ArchiveLayout } from '../../sessions/archives/archive.ts';
import { ArchiveView } from '../../sessions/archives/archive-view.ts';
import { optional, ProjectPath } from './schemas.ts';

const Id = Type.String({ minLength: 1, maxLength: 256 });

export const ArchivePath = Type.Object({ ...ProjectPath.properties, archiveId: Id });

/** What is for the picture alone (bit rate, quantisation) is not looked at. */
export const ArchiveBody = Type.Object({
  sessionId: Id,
  name: optional(Type.String({ maxLength: 1024 })),
  hasAudio: optional(Type.Boolean({ description: 'default true; false is refused' })),
  hasVideo: optional(Type.Boolean({ description: 'taken, and reported false' })),
  hasTranscription: optional(Type.Boolean({ description: 'true is answered 501: there is none yet' })),
  outputMode: optional(
    Type.Union([Type.Literal('composed'), Type.Literal('individual')], { description: 'default composed' }),
  ),
  streamMode: optional(Type.Union([Type.Literal('auto'), Type.Literal('manual')], { description: 'default auto' })),
  resolution: optional(Type.String({ pattern: '^[0-9]{3,4}x[0-9]{3,4}$' })),
  layout: optional(ArchiveLayout),
  multiArchiveTag: optional(Type.String({ minLength: 1, maxLength: 256 })),
});

export const ArchiveQuery = Type.Object({
  offset: Type.Optional(Type.Integer({ minimum: 0, description: 'default 0: the newest' })),
  count: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, description: 'default 50' })),
  sessionId: Type.Optional(Id),
});

export const ArchiveList = Type.Object({
  count: Type.Integer({ description: 'all that there are, not those on the page' }),
  items: Type.Array(ArchiveView),
});

export const StreamChange = Type.Object({
  addStream: optional(Type.String({ maxLength: 256 })),
  removeStream: optional(Type.String({ maxLength: 256 })),
  hasAudio: optional(Type.Boolean({ description: 'of an added one, default true; false: as if it were not there' })),
  hasVideo: optional(Type.Boolean({ description: 'not looked at' })),
});

export const LayoutBody = ArchiveLayout;
