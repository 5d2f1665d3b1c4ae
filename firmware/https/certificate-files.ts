import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { fileState } from '../config/file-state.ts';
import { readPair } from '../config/tls-files.ts';
import { EVERY_MS, type HttpsIdentity, type ShownCertificate } from './identity.ts';

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
  readonly #parts: CertificateFilesParts;
  #seen: string;
  #shown: ShownCertificate;
  #timer: Timer | null = null;

  /** @throws CrosspointError config.tls-file */
  constructor(parts: CertificateFilesParts) {
    this.#parts = parts;
    this.#seen = this.#state();
    this.#shown = readPair(parts.certificateFile, parts.keyFile);
  }

  get shown(): ShownCertificate {
    return this.#shown;
  }

  start(): void {
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      this.check();
      this.start();
    });
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  /** Takes what was replaced. A pair of which only one half is there yet is looked at again when the other comes. */
  check(): void {
    const { certificateFile, keyFile, log } = this.#parts;
    const state = this.#state();
    if (state === this.#seen) return;
    this.#seen = state;
    try {
      this.#shown = readPair(certificateFile, keyFile);
      this.onRenewed(this.#shown);
      log.info('the HTTPS certificate was replaced: new connections get the new one');
    } catch (error) {
      log.error(
        { problem: messageOf(error) },
        'the HTTPS certificate was replaced by one that cannot be used: the former one stays',
      );
    }
  }

  #state(): string {
    return fileState([this.#parts.certificateFile, this.#parts.keyFile]);
  }
}
