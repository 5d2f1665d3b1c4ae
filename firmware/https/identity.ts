/** What the HTTP server shows of itself: a certificate, with those that lead to its root, and its key, as PEM. */
export interface ShownCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Who the box is to browsers. */
export interface HttpsIdentity {
  /** Shown to the connections from now on. */
  readonly shown: ShownCertificate;
  /** PEM of the box's own authority, which browsers have to be told to trust; null when somebody else's signs. */
  readonly authority: string | null;
  /** Called with what is shown from then on. */
  onRenewed: (shown: ShownCertificate) => void;
  /** Looks whether another certificate is due, which it does by itself every minute. */
  check(): void | Promise<void>;
  start(): void;
  close(): void;
}

/** How often a due renewal is looked for. */
export const EVERY_MS = 60_000;
