import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certified {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** Base64 SHA-256 of the public key. */
  readonly pin: string;
}

export interface Authority {
  /** PEM. */
  readonly cert: string;
  /** A P-256 certificate for these alternative names: "DNS:sip.example", "IP:127.0.0.1", "URI:sip:example". */
  issue(...names: string[]): Certified;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority made for one test, with OpenSSL's own tool, so that nothing here expires. */
export function newAuthority(name: string): Authority {
  const own = inFolder(folder => {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'];
    return openssl(folder, ['req', '-x509', ...NEW_KEY, '-days', '2', ...subject]);
  });
  return {
    cert: own.cert,
    issue: (...names) => {
      const issued = inFolder(folder => {
        writeFileSync(join(folder, 'ca.crt'), own.cert);
        writeFileSync(join(folder, 'ca.key'), own.key);
        const signer = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')];
        const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names.join(',')}`];
        const leaf = ['-addext', 'basicConstraints=CA:FALSE'];
        return openssl(folder, ['req', '-x509', ...NEW_KEY, '-days', '2', ...signer, ...subject, ...leaf]);
      });
      const key = new X509Certificate(issued.cert).publicKey.export({ type: 'spki', format: 'der' });
      return { ...issued, pin: createHash('sha256').update(key).digest('base64') };
    },
  };
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'sip-tls-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openssl(folder: string, args: string[]): { key: string; cert: string } {
  const [key, cert] = [join(folder, 'new.key'), join(folder, 'new.crt')];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
