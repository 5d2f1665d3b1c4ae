import type { onRequestHookHandler } from 'fastify';
import { CrosspointError } from '../../base/errors.ts';
import { isSecret, secretDigest } from '../../base/secret-digest.ts';

/** Lets requests through that carry `Authorization: Bearer <operatorToken>`. */
export function requireOperator(operatorToken: string): onRequestHookHandler {
  const check = operatorCheck(operatorToken);
  return async request => check(request.headers.authorization);
}

/** @returns looks at an Authorization header. @throws CrosspointError http.operator-credential */
export function operatorCheck(operatorToken: string): (authorization: string | undefined) => void {
  const expected = secretDigest(operatorToken);
  return authorization => {
    const given = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (given === undefined || !isSecret(given, expected))
      throw new CrosspointError('http.operator-credential', 'The operator token is needed: Authorization: Bearer …');
  };
}
