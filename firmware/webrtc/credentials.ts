import { isSecret, secretDigest } from '../base/secret-digest.ts';

/** What a request says about who makes it. */
export interface Credentials {
  /** Of `Authorization: Bearer`; null without. */
  readonly token: string | null;
  /** The key of an event channel; null without. */
  readonly key: string | null;
}

/** The credential that a peer was made with, kept as a digest. */
export class PeerCredential {
  readonly #kind: keyof Credentials;
  readonly #digest: Buffer;

  /** The key counts where there are both: tokens are shared, and expire. */
  constructor({ token, key }: Credentials) {
    this.#kind = key === null ? 'token' : 'key';
    this.#digest = secretDigest(key ?? token ?? '');
  }

  isThatOf(credentials: Credentials): boolean {
    const given = credentials[this.#kind];
    return given !== null && isSecret(given, this.#digest);
  }
}
