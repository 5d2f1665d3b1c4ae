import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { VonageProject } from '../../config/projects.ts';
import { isOver } from '../../sessions/recordings/recording.ts';
import { sendFile } from '../send-file.ts';
import { applicationOf } from './auth.ts';
import type { VoiceDeps } from './deps.ts';
import { failures } from './problem.ts';
import { FilePath } from './schemas.ts';

/** `GET /v1/files/{id}` and `/v3/files/{id}` (CONTRACT §3.1): a recording of one of the tenant's calls. */
export function filesRoutes({ recordings }: VoiceDeps): FastifyPluginAsyncTypebox {
  const schema = { params: FilePath, response: failures };
  return async app => {
    for (const version of ['v1', 'v3'])
      app.get(`/${version}/files/:id`, { schema }, async (request, reply) => {
        const { id } = request.params as { id: string };
        const { name, path } = fileOf(recordings, applicationOf(request), id);
        return sendFile(request, reply, { path, filename: `${id}${name.slice(name.lastIndexOf('.'))}` });
      });
  };
}

function fileOf(recordings: VoiceDeps['recordings'], { id: own, siblings = [] }: VonageProject, id: string) {
  const record = recordings.get(id);
  if (![own, ...siblings].some(project => project === record.project)) throw unknown();
  const [file] = record.files;
  if (!isOver(record) || !file) throw unknown();
  return { name: file.name, path: recordings.fileOf(id, file.name) };
}

/** As for an id that nobody has. */
function unknown(): CrosspointError {
  return new CrosspointError('session.recording-unknown', 'There is no such recording');
}
