import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectId } from '../base/ids.ts';
import { ApplicationKey } from './application-key.ts';
import type { VonageProject } from './projects.ts';

export interface KeyPair {
  /** PEM. */
  readonly publicKey: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

/** A Vonage application with what only it has. */
export interface Application {
  readonly project: VonageProject;
  readonly keys: KeyPair;
}

export function rsaKeys(modulusLength = 2048): KeyPair {
  return generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** @param id a UUID */
export function application(id: string, keys: KeyPair = rsaKeys()): Application {
  const folder = mkdtempSync(path.join(tmpdir(), 'k-'));
  try {
    const file = path.join(folder, 'public.pem');
    writeFileSync(file, keys.publicKey);
    const publicKey = new ApplicationKey(file);
    const monitoring = { sipMonitoringUrl: null, sessionMonitoringUrl: null };
    return { project: { kind: 'vonage', id: id as ProjectId, publicKey, ...monitoring }, keys };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
