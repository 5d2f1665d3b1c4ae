import { createHash, timingSafeEqual } from 'node:crypto';
import type { Projects, VonageProject } from '../../config/projects.ts';

export interface AccountCredential {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** From where the vendor's SDKs put it: Basic, else the query, else the form. Null: there is none. */
export function accountCredential(
  authorization: string | undefined,
  ...fields: readonly Readonly<Record<string, unknown>>[]
): AccountCredential | null {
  const basic = /^Basic +([A-Za-z0-9+/=]{1,1024})$/i.exec(authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [, apiKey, apiSecret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    return apiKey === undefined || apiSecret === undefined ? null : { apiKey, apiSecret };
  }
  for (const { api_key: apiKey, api_secret: apiSecret } of fields)
    if (typeof apiKey === 'string' && typeof apiSecret === 'string') return { apiKey, apiSecret };
  return null;
}

/** The applications of the account that has that credential; none where it is wrong. */
export function applicationsOf(projects: Projects, credential: AccountCredential | null): VonageProject[] {
  if (credential === null) return [];
  const given = digest(`${credential.apiKey}:${credential.apiSecret}`);
  return [...projects.values()].filter((project): project is VonageProject => {
    if (project.kind !== 'vonage' || !project.account) return false;
    const { apiKey, apiSecret } = project.account;
    return timingSafeEqual(digest(`${apiKey}:${apiSecret}`), given);
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
