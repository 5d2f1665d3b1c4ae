/** What we authenticate with to a server or proxy (RFC 7616). */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A name with control characters fits into no header; nobody is answered with it. */
export function canBeSent({ username }: Credentials): boolean {
  return !/[\u0000-\u001f\u007f]/.test(username);
}
