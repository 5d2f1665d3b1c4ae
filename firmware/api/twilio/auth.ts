import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { ProjectId } from '../../base/ids.ts';
import { isSecret, secretDigest } from '../../base/secret-digest.ts';
import type { Projects, TwilioProject } from '../../config/projects.ts';
import { basicLogin } from '../basic-login.ts';
import { TwilioError } from './errors.ts';

export const accountDecorator = 'twilioAccount';
const NOBODY = secretDigest('nobody');

/** Basic, AccountSid:AuthToken, of the account in the path (CONTRACT §4.1). */
export function authenticate(projects: Projects): onRequestHookHandler {
  return async request => {
    const { account } = request.params as { account?: string };
    const { user, password } = basicLogin(request.headers.authorization) ?? { user: '', password: '' };
    const project = projects.get(user as ProjectId);
    const isAccount = project?.kind === 'twilio';
    // Of no account the same is compared, in the same time.
    const genuine = isSecret(password, isAccount ? secretDigest(project.authToken) : NOBODY);
    if (!isAccount || !genuine) throw new TwilioError(401, 20003, 'Authenticate');
    if (account !== project.id) throw new TwilioError(404, 20404, 'The requested resource was not found');
    request.setDecorator(accountDecorator, project);
  };
}

/** The account of a request that `authenticate` let through. */
export function accountOf(request: FastifyRequest): TwilioProject {
  return request.getDecorator<TwilioProject>(accountDecorator);
}
