import { hostname, networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../config/schema.ts';
import { CertificateFiles } from './certificate-files.ts';
import { certificateNames } from './certificate-names.ts';
import type { HttpsIdentity } from './identity.ts';
import { OwnAuthority } from './own-authority.ts';

export interface IdentityParts {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Who the box is to browsers, as the configuration wants it; null when it speaks plain HTTP alone.
 * @throws CrosspointError config.tls-file, config.secrets-exposed, config.secrets-unreadable, config.state-dir
 */
export async function identityOf(config: Config, parts: IdentityParts): Promise<HttpsIdentity | null> {
  const { mode, certificateFile = '', keyFile = '' } = config.http.tls;
  switch (mode) {
    case 'off':
      return null;
    case 'files':
      return new CertificateFiles({ ...parts, certificateFile, keyFile });
    case 'private-ca': {
      const names = () => certificateNames(config, { hostname: hostname(), interfaces: networkInterfaces() });
      return OwnAuthority.open({ ...parts, box: config.box, names });
    }
    default:
      return mode satisfies never;
  }
}
