import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { isCrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import type { Projects } from '../../config/projects.ts';
import type { NumberForwards } from '../../trunks/own-numbers/number-forwards.ts';
import { statusOf } from '../error-status.ts';
import { accountCredential, applicationsOf } from './account-credential.ts';
import { type NumberChange, numberChange } from './number-update.ts';

export interface NumbersDeps {
  readonly projects: Projects;
  readonly forwards: Pick<NumberForwards, 'set' | 'clear'>;
  /** `numbers` of the configuration as they are now. */
  readonly numberRoutes: () => readonly NumberRoute[];
  readonly numberTarget: (project: ProjectId, number: string) => string;
  readonly log: Log;
}

type Fields = Readonly<Record<string, unknown>>;

/** `POST /number/update`: the vendor's API by which a tenant leads its numbers to SIP addresses and back (CONTRACT §5). */
export function numberRoutes({ projects, forwards, numberRoutes, numberTarget, log }: NumbersDeps): FastifyPluginAsync {
  const change = async (asked: NumberChange): Promise<void> => {
    if (asked.kind === 'nothing') return;
    const { project, msisdn } = asked;
    if (asked.kind === 'forward') await forwards.set(msisdn, project, asked.targets);
    else await forwards.clear(msisdn);
    log.info({ project, number: msisdn, to: asked.kind }, 'a number was led elsewhere');
  };
  return async app => {
    // KPN's mirror of the API has a path before it; the vendor's own has none.
    for (const path of ['/number/update', '/communication/nexmo/phone-numbers/number/update'])
      app.post<{ Body: Fields | null; Querystring: Fields }>(path, async (request, reply) => {
        const { body, query, headers } = request;
        const applications = applicationsOf(projects, accountCredential(headers.authorization, query, body ?? {}));
        if (applications.length === 0) return answer(reply, 401, 'authentication failed');
        try {
          await change(numberChange({ ...query, ...body }, { applications, routes: numberRoutes(), numberTarget }));
        } catch (error) {
          if (!isCrosspointError(error)) throw error;
          const status = statusOf(error);
          // Of the vendor: whatever the parameters lack.
          return answer(reply, status === 400 || status === 422 ? 420 : status, error.message);
        }
        return answer(reply, 200, 'success');
      });
  };
}

/** `message` beside the vendor's own: every answer that is none of success has it (CONTRACT §0). */
function answer(reply: FastifyReply, status: number, label: string): FastifyReply {
  const body = { 'error-code': String(status), 'error-code-label': label };
  return reply.code(status).send(status === 200 ? body : { ...body, message: label });
}
