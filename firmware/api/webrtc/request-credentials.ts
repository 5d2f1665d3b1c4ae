import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from '../../webrtc/credentials.ts';

/** What a request says about who makes it. */
export function credentialsOf({ authorization, 'crosspoint-client': key }: IncomingHttpHeaders): Credentials {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
  return { token, key: typeof key === 'string' && key !== '' ? key : null };
}
