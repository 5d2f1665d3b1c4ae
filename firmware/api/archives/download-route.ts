import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import { filenameOf } from '../../sessions/archives/archive-view.ts';
import type { Archives } from '../../sessions/archives/archives.ts';
import type { Recordings } from '../../sessions/recordings/recordings.ts';
import { failures } from '../opentok/schemas.ts';
import { sendFile } from '../send-file.ts';
import type { DownloadLinks } from './download-links.ts';

export interface DownloadDeps {
  readonly archives: Archives;
  readonly recordings: Pick<Recordings, 'fileOf'>;
  readonly links: DownloadLinks;
}

const Part = Type.String({ minLength: 1, maxLength: 128 });
const FilePath = Type.Object({ project: Part, archive: Part, filename: Part });
const Credential = Type.Object({
  expires: Type.Integer({ minimum: 0 }),
  signature: Type.String({ maxLength: 128 }),
});

/** `GET /archives/{project}/{archive}/{file}`: the file of an archive, for whoever has its link. */
export function downloadRoute({ archives, recordings, links }: DownloadDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.get(
      '/archives/:project/:archive/:filename',
      { schema: { params: FilePath, querystring: Credential, response: failures } },
      async (request, reply) => {
        const { expires, signature } = request.query;
        links.check(request.params, expires, signature);
        const archive = archives.get(request.params.project as ProjectId, request.params.archive);
        const { filename } = request.params;
        if (archive.file === null || filenameOf(archive) !== filename)
          throw new CrosspointError('session.archive-unknown', 'The archive has no such file any more');
        const path = recordings.fileOf(archive.id, archive.file);
        return sendFile(request, reply, { path, filename: `${archive.id}-${filename}` });
      },
    );
  };
}
