import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OpentokProject } from '../config/projects.ts';
import { foreignToken, invalidToken, type TokenClaims } from './token-claims.ts';

/** Tokens of old libraries may lack expire_time; they live for a day. */
const DEFAULT_LIFE_SECONDS = 86_400;

/**
 * Reads a participant token of the older form: `T1==` + base64(`partner_id=<key>&sig=<hex>:<data>`), where sig is the
 * HMAC-SHA1 of data exactly as it was sent (CONTRACT §1.3). Expiry is left to the caller.
 *
 * @throws CrosspointError session.token-invalid, session.token-foreign
 */
export function readT1Token(token: string, project: OpentokProject): TokenClaims {
  const text = Buffer.from(token.slice('T1=='.length), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidToken('it is not a T1 token');
  const head = new URLSearchParams(text.slice(0, colon));
  const data = text.slice(colon + 1);
  if (head.get('partner_id') === null) throw invalidToken('it names no project');
  if (head.get('partner_id') !== project.id) throw foreignToken();
  if (!signatureFits(head.get('sig') ?? '', data, project.secret)) throw invalidToken('its signature is wrong');

  const fields = new URLSearchParams(data);
  const expiry = fields.get('expire_time');
  const created = fields.get('create_time');
  return {
    session: fields.get('session_id'),
    expiresAt: expiry ? Number(expiry) : created ? Number(created) + DEFAULT_LIFE_SECONDS : undefined,
    role: fields.get('role') ?? undefined,
    data: fields.get('connection_data') ?? undefined,
    layoutClasses: fields.get('initial_layout_class_list') ?? undefined,
  };
}

function signatureFits(signature: string, data: string, secret: string): boolean {
  const expected = createHmac('sha1', secret).update(data, 'utf8').digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
