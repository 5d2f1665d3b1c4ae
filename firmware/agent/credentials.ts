export interface Credentials {
  readonly session: string;
  readonly token: string;
  readonly apiKey: string;
}

/**
 * What a link like /agent#session=…&token=…&apiKey=… brings. The fragment is never sent to a server; it is taken out of the
 * address at once, so that it stays in no history either.
 */
export function credentialsOfLink(): Credentials | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  return complete(fragment);
}

export function credentialsOfForm(form: HTMLFormElement): Credentials | null {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.set(name, String(value).trim());
  return complete(fields);
}

function complete(fields: URLSearchParams): Credentials | null {
  const [session, token] = [fields.get('session'), fields.get('token')];
  return session && token ? { session, token, apiKey: fields.get('apiKey') ?? '' } : null;
}
