import { createHash, createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';

export interface Signed {
  readonly secret: string;
  readonly project: string;
  /** Of the event. */
  readonly id: string;
  /** As it is sent. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A receiver that takes longer than this for a request refuses it. */
const GOOD_FOR_SECONDS = 300;

/**
 * The `Authorization` header of a signed webhook: a JWT as those of Vonage's signed webhooks, HS256 with the project's
 * `webhookSecret`, whose `payload_hash` is the SHA-256 of the body in hex. `jti` is the event's id: the same when it is told again.
 */
export function signatureOf({ secret, project, id, body, now }: Signed): string {
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: 'Crosspoint',
    iat,
    exp: iat + GOOD_FOR_SECONDS,
    jti: id,
    payload_hash: createHash('sha256').update(body).digest('hex'),
    api_key: project,
    application_id: project,
  };
  return `Bearer ${jwt.sign(claims, createSecretKey(secret, 'utf8'), { algorithm: 'HS256' })}`;
}
