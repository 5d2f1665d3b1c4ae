import jwt from 'jsonwebtoken';
import type { Gateway } from './gateway.ts';

/** A project's credential as the OpenTok SDK makes it, good for the length of a bench. */
export function projectCredential({ apiKey, apiSecret }: Gateway): string {
  return jwt.sign({ iss: apiKey, ist: 'project' }, apiSecret, { algorithm: 'HS256', expiresIn: 300 });
}
