import type { Credentials } from '../../sip/auth/credentials.ts';
import { formatHostPort } from '../../sip/message/host-port.ts';
import { formatUri, type SipUri } from '../../sip/message/uri.ts';
import type { RequestOptions } from '../../sip/user-agent/out-of-dialog.ts';

export interface Registrant {
  readonly registrar: SipUri;
  /** What we register as. */
  readonly user: string;
  readonly auth?: Credentials;
}

/**
 * A REGISTER of the Contact from which it is sent (RFC 3261 §10.2). Others of the same address of record stay.
 * @param expiresS seconds; 0 takes it back
 */
export function registerRequest({ registrar, user, auth }: Registrant, expiresS: number): RequestOptions {
  const aor = formatUri({ ...registrar, user, port: null, params: new Map(), headers: null });
  return {
    method: 'REGISTER',
    target: registrar,
    // §10.2: the domain alone, without a user.
    requestUri: `${registrar.scheme}:${formatHostPort(registrar.host, registrar.port)}`,
    from: { uri: aor },
    to: aor,
    headers: [['Expires', String(expiresS)]],
    contact: true,
    ...(auth && { auth }),
  };
}
