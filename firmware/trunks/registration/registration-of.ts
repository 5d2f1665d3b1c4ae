import type { TrunkConfig } from '../../config/trunk-schema.ts';
import { parseForwardTarget } from '../forward-target.ts';
import type { RegistrationOptions } from './registration.ts';

type Wanted = Pick<RegistrationOptions, 'registrar' | 'user' | 'auth' | 'expiresSeconds'>;

/** How a trunk registers with its peer; null when it does not. */
export function registrationOf({ register, targets, auth, identity }: TrunkConfig): Wanted | null {
  const user = register?.user ?? auth?.username ?? identity.number;
  const text = register?.registrar ?? targets.find(each => /^sips?:/i.test(each));
  if (!register || user === undefined || text === undefined) return null;
  const target = parseForwardTarget(text);
  if (target.kind !== 'uri') return null;
  const { expiresSeconds } = register;
  return { registrar: target.uri, user, expiresSeconds, ...(auth && { auth }) };
}
