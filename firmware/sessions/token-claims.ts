import { CrosspointError } from '../base/errors.ts';

/** What a participant token says, once its signature has been checked; the values are still to be judged. */
export interface TokenClaims {
  readonly session: unknown;
  /** Seconds since 1970. */
  readonly expiresAt: unknown;
  readonly role: unknown;
  readonly data: unknown;
  /** initial_layout_class_list. */
  readonly layoutClasses: unknown;
}

export function invalidToken(why: string): CrosspointError {
  return new CrosspointError('session.token-invalid', `The token cannot be used: ${why}`);
}

export function expiredToken(): CrosspointError {
  return new CrosspointError('session.token-expired', 'The token has expired');
}

export function foreignToken(): CrosspointError {
  return new CrosspointError('session.token-foreign', 'The token belongs to another project');
}
