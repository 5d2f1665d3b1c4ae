export interface BasicLogin {
  readonly user: string;
  readonly password: string;
}

/** What `Authorization: Basic` says (RFC 7617); null: no login; undefined: there is no such header. */
export function basicLogin(authorization: string | undefined): BasicLogin | null | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]{1,1024})$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? null : { user, password };
}
