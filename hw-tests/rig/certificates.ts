import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate authority of the test, in a folder of its own. */
export class Authority {
  readonly #folder: string;

  constructor(name = 'test authority') {
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'ca-'));
    this.#openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
    ); // prettier-ignore
  }

  get caFile(): string {
    return path.join(this.#folder, 'ca.pem');
  }

  /** A certificate for those names and addresses, good for a server and for a client. */
  issue(...names: readonly [string, ...string[]]): Certificate {
    const [name] = names;
    const file = name.replace(/[^0-9A-Za-z.-]/g, '_');
    const alternatives = names.map(each => (/^[0-9.]+$|:/.test(each) ? `IP:${each}` : `DNS:${each}`)).join(',');
    writeFileSync(path.join(this.#folder, `${file}.ext`), `subjectAltName=${alternatives}\n`);
    this.#openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${file}.key`,
      '-out',
      `${file}.csr`,
    ); // prettier-ignore
    this.#openssl(
      'x509',
      '-req',
      '-in',
      `${file}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${file}.ext`,
      '-out',
      `${file}.pem`,
    ); // prettier-ignore
    return {
      certificateFile: path.join(this.#folder, `${file}.pem`),
      keyFile: path.join(this.#folder, `${file}.key`),
    };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' });
  }
}
