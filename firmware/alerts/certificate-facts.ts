import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import type { CertificateFact } from './facts.ts';

type Named = readonly [name: string, file: string | undefined];

/** Certificates that somebody else renews; those of the box's own authority renew themselves. */
export function certificateFiles({ http, sip, trunks, mqtt }: Config): { name: string; file: string }[] {
  const named: Named[] = [
    ['HTTPS', http.tls.mode === 'files' ? http.tls.certificateFile : undefined],
    ...sip.listeners.map(
      ({ host, port, certificateFile }): Named => [`the SIP listener on ${host} port ${port}`, certificateFile],
    ),
    ...trunks.map(({ name, tls }): Named => [`trunk ${name}`, tls.certificateFile]),
    ['the MQTT client', mqtt.tls.certificateFile],
  ];
  return named.flatMap(([name, file]) => (file === undefined ? [] : [{ name, file }]));
}

/** When they expire. One that cannot be read is left out: who uses it says so. */
export async function certificateFacts(files: readonly { name: string; file: string }[]): Promise<CertificateFact[]> {
  const facts = await Promise.all(
    files.map(async ({ name, file }) => {
      try {
        const { validTo } = new X509Certificate(await readFile(file));
        return [{ name, file, expiresAt: Date.parse(validTo) }];
      } catch {
        return [];
      }
    }),
  );
  return facts.flat();
}
