import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signatureOf } from './signature.ts';

const secret = 'the secret of the project';
const body = '{"event":"callCreated"}';
const signed = { secret, project: '46000001', id: 'event-1', body, now: 1_795_000_000_000 };

/** As docs/webhooks.md tells receivers to. */
function accepts(authorization: string, received: string, now: number): boolean {
  try {
    const claims = jwt.verify(authorization.replace(/^Bearer /, ''), secret, {
      algorithms: ['HS256'],
      clockTimestamp: now / 1000,
    }) as jwt.JwtPayload;
    return claims.payload_hash === createHash('sha256').update(received).digest('hex');
  } catch {
    return false;
  }
}

test('a receiver knows what it was sent, by whom, and when', () => {
  const authorization = signatureOf(signed);
  assert.ok(accepts(authorization, body, signed.now));
  assert.not.ok(accepts(authorization, `${body} `, signed.now));
  assert.not.ok(accepts(signatureOf({ ...signed, secret: 'another' }), body, signed.now));
  assert.not.ok(accepts(authorization, body, signed.now + 301_000));
  const claims = jwt.decode(authorization.slice(7)) as jwt.JwtPayload;
  assert.equal([claims.jti, claims.api_key, claims.iat], ['event-1', '46000001', 1_795_000_000]);
});

test.run();
