import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Projects, TwilioProject } from '../../config/projects.ts';
import { TwilioError } from './errors.ts';

export const accountDecorator = 'twilioAccount';
const NOBODY = createHash('sha256').update('nobody').digest();

/** Basic, AccountSid:AuthToken, of the account in the path (CONTRACT §4.1). */
export function authenticate(projects: Projects): onRequestHookHandler {
  return async request => {
    const { account } = request.params as { account?: string };
    const { user, password } = basicIn(request.headers.authorization);
    const project = [...projects.values()].find(({ id }) => id === user);
    const digest = (text: string) => createHash('sha256').update(text).digest();
    const isAccount = project?.kind === 'twilio';
    // Of no account the same is compared, in the same time.
    const genuine = timingSafeEqual(digest(password), isAccount ? digest(project.authToken) : NOBODY);
    if (!isAccount || !genuine) throw new TwilioError(401, 20003, 'Authenticate');
    if (account !== project.id) throw new TwilioError(404, 20404, 'The requested resource was not found');
    request.setDecorator(accountDecorator, project);
  };
}

/** The account of a request that `authenticate` let through. */
export function accountOf(request: FastifyRequest): TwilioProject {
  return request.getDecorator<TwilioProject>(accountDecorator);
}

function basicIn(header: string | undefined): { user: string; password: string } {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]{1,1024})$/i.exec(header ?? '')?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { user: '', password: '' } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
