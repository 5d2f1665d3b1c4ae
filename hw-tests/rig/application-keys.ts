import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The RSA keys of a Vonage application; the public one lies in a file, until it is closed. */
export class ApplicationKeys {
  readonly publicKeyFile: string;
  /** PEM. */
  readonly privateKey: string;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'k-'));

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    this.publicKeyFile = path.join(this.#folder, 'public.pem');
    this.privateKey = privateKey;
    writeFileSync(this.publicKeyFile, publicKey);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
