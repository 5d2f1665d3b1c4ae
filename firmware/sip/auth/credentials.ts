/** What we authenticate with to a server or proxy (RFC 7616). */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}
