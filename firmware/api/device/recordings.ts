import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { RecordingRecord } from '../../sessions/recordings/recording.ts';
import type { Recordings } from '../../sessions/recordings/recordings.ts';
import type { Sessions } from '../../sessions/registry.ts';
import { ErrorBody } from '../error-body.ts';
import { sendFile } from '../send-file.ts';
import { emptyAnswer, fileAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

export interface RecordingsDeps {
  readonly recordings: Recordings;
  readonly sessions: Sessions;
  readonly recordingFormat: 'ogg' | 'wav';
  readonly operatorToken: string;
}

const SessionPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) });
const RecordingPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const FilePath = Type.Object({ ...RecordingPath.properties, name: Type.String({ minLength: 1, maxLength: 64 }) });
const Start = Type.Object(
  {
    mode: Type.Optional(Type.Enum(['mixed', 'individual'], { description: 'default mixed' })),
    format: Type.Optional(Type.Enum(['ogg', 'wav'], { description: 'default: as configured' })),
  },
  { additionalProperties: false },
);
const List = Type.Object({ count: Type.Integer(), items: Type.Array(RecordingRecord) });

const tags = ['sessions'];

/**
 * Recordings, for the operator: `POST` and `GET /device/sessions/{id}/recordings`, `GET /device/recordings[/{id}]`,
 * `POST /device/recordings/{id}/stop`, `DELETE /device/recordings/{id}`, `GET /device/recordings/{id}/files/{name}`.
 */
export function deviceRecordingsRoutes(deps: RecordingsDeps): FastifyPluginAsyncTypebox {
  const { recordings, sessions, recordingFormat, operatorToken } = deps;
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  const listed = (items: RecordingRecord[]) => ({ count: items.length, items });
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));

    app.post(
      '/device/sessions/:id/recordings',
      {
        schema: {
          tags,
          summary: 'Record a session',
          params: SessionPath,
          body: Type.Optional(Start),
          response: { 201: RecordingRecord, ...failures },
        },
      },
      async (request, reply) => {
        const { session, connections } = sessions.anybodys(request.params.id);
        if (connections === 0) throw new CrosspointError('session.empty', 'Nobody is in the session');
        const { mode = 'mixed', format = recordingFormat } = request.body ?? {};
        const record = await recordings.begin({ project: session.project, session: session.id, mode, format });
        return reply.code(201).send(record);
      },
    );
    app.get(
      '/device/sessions/:id/recordings',
      {
        schema: { tags, summary: 'Recordings of a session', params: SessionPath, response: { 200: List, ...failures } },
      },
      async ({ params: { id } }) => listed(recordings.list().filter(({ sessionId }) => sessionId === id)),
    );
    const all = { schema: { tags, summary: 'All recordings', response: { 200: List, ...failures } } };
    app.get('/device/recordings', all, async () => listed(recordings.list()));
    const one = (summary: string) => ({
      schema: { tags, summary, params: RecordingPath, response: { 200: RecordingRecord, ...failures } },
    });
    app.get('/device/recordings/:id', one('One recording, with its files'), async request =>
      recordings.get(request.params.id),
    );
    app.post('/device/recordings/:id/stop', one('End a recording, and wait for its files'), async request =>
      recordings.stop(request.params.id),
    );
    const gone = {
      tags,
      summary: 'Delete a recording with its files',
      params: RecordingPath,
      response: { 204: emptyAnswer('it is gone'), ...failures },
    };
    app.delete('/device/recordings/:id', { schema: gone }, async (request, reply) => {
      await recordings.delete(request.params.id);
      return reply.code(204).send();
    });

    const file = {
      tags,
      summary: 'A file of a recording, whole or in part (Range)',
      params: FilePath,
      response: { '2xx': fileAnswer('the file', 'audio/ogg', 'audio/wav', 'application/zip'), ...failures },
    };
    app.get('/device/recordings/:id/files/:name', { schema: file }, async (request, reply) => {
      const { id, name } = request.params;
      const file = recordings.fileOf(id, name);
      return sendFile(request, reply, { path: file, filename: `${id}-${name}` });
    });
  };
}
