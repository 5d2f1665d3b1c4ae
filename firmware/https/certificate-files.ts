import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ReplacedFiles } from '../config/replaced-files.ts';
import { readPair } from '../config/tls-files.ts';
import type { HttpsIdentity, ShownCertificate } from './identity.ts';

export interface CertificateFilesParts {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A certificate that somebody else renews, in two files (`http.tls.mode: files`). */
export class CertificateFiles implements HttpsIdentity {
  readonly authority = null;
  onRenewed: (shown: ShownCertificate) => void = () => {};
  readonly #files: ReplacedFiles;
  #shown: ShownCertificate;

  /** @throws CrosspointError config.tls-file */
  constructor({ certificateFile, keyFile, clock, log }: CertificateFilesParts) {
    this.#files = new ReplacedFiles({
      files: () => [certificateFile, keyFile],
      take: () => {
        this.#shown = readPair(certificateFile, keyFile);
        this.onRenewed(this.#shown);
      },
      taken: 'the HTTPS certificate was replaced: new connections get the new one',
      refused: 'the HTTPS certificate was replaced by one that cannot be used: the former one stays',
      clock,
      log,
    });
    this.#shown = readPair(certificateFile, keyFile);
  }

  get shown(): ShownCertificate {
    return this.#shown;
  }

  start(): void {
    this.#files.start();
  }

  close(): void {
    this.#files.close();
  }

  check(): void {
    this.#files.check();
  }
}
