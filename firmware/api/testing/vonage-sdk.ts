import { Video } from '@vonage/video';
import jwt from 'jsonwebtoken';
import type { KeyPair } from '../../config/projects.fixture.ts';

/** Who signs, and with what. */
interface Signer {
  readonly project: { readonly id: string };
  readonly keys: Pick<KeyPair, 'privateKey'>;
}

/** The official SDK, unmodified, for an application of the box. */
export function videoOf({ project, keys }: Signer, url: string): Video {
  return new Video({ applicationId: project.id, privateKey: keys.privateKey }, { videoHost: url });
}

/** What an SDK that rejects with the HTTP answer was told: `404: There is no such session`. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'not refused';
  } catch (error) {
    const { message, response } = error as Error & { response?: Response };
    if (!response) throw error;
    const body = (await response.json()) as { message?: unknown };
    if (message !== `Request failed with status code ${response.status}`) return `another text: ${message}`;
    return `${response.status}: ${body.message}`;
  }
}

/** A header of a request, as the SDK makes it, with claims to change. */
export function applicationAuth({ project, keys }: Signer, claims: Record<string, unknown> = {}) {
  return { authorization: `Bearer ${applicationToken({ project, keys }, claims)}` };
}

export function applicationToken({ project, keys }: Signer, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return jwt.sign({ application_id: project.id, iat: now, exp: now + 900, jti: 'x', ...claims }, keys.privateKey, {
    algorithm: 'RS256',
  });
}
