import { isSecret, secretDigest } from '../../base/secret-digest.ts';
import type { Projects, VonageProject } from '../../config/projects.ts';
import { basicLogin } from '../basic-login.ts';

export interface AccountCredential {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** From where the vendor's SDKs put it: Basic, else the query, else the form. Null: there is none. */
export function accountCredential(
  authorization: string | undefined,
  ...fields: readonly Readonly<Record<string, unknown>>[]
): AccountCredential | null {
  const login = basicLogin(authorization);
  if (login !== undefined) return login && { apiKey: login.user, apiSecret: login.password };
  for (const { api_key: apiKey, api_secret: apiSecret } of fields)
    if (typeof apiKey === 'string' && typeof apiSecret === 'string') return { apiKey, apiSecret };
  return null;
}

/** The applications of the account that has that credential; none where it is wrong. */
export function applicationsOf(projects: Projects, credential: AccountCredential | null): VonageProject[] {
  if (credential === null) return [];
  const given = secretDigest(`${credential.apiKey}:${credential.apiSecret}`);
  return [...projects.values()].filter((project): project is VonageProject => {
    if (project.kind !== 'vonage' || !project.account) return false;
    const { apiKey, apiSecret } = project.account;
    return isSecret(`${apiKey}:${apiSecret}`, given);
  });
}
