/**
 * Writes certificates. Loaded only when one is to be made, since the library takes 9 MB and a moment.
 */
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import type { CertificateNames } from './certificate-names.ts';

/** A certificate and its key, each as PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const { subtle } = webcrypto;

/**
 * A new authority that can only certify hosts of these DNS names and below (RFC 5280 §4.2.1.10), and any address.
 */
export async function makeAuthority(name: string, dns: readonly string[], validity: Validity): Promise<Pair> {
  const { publicKey, privateKey } = newKeys();
  const shown = await importPublic(publicKey);
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: newSerial(),
    subject: [{ CN: [name] }],
    issuer: [{ CN: [name] }],
    publicKey: shown,
    signingKey: await importPrivate(privateKey),
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(shown),
      constraints(dns),
    ],
  });
  return { cert: `${cert.toString('pem')}\n`, key: pemOf(privateKey) };
}

/** A new certificate for a server, with a key of its own. */
export async function issue(authority: Pair, name: string, names: CertificateNames, validity: Validity): Promise<Pair> {
  const issuer = new x509.X509Certificate(authority.cert);
  const { publicKey, privateKey } = newKeys();
  const shown = await importPublic(publicKey);
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: newSerial(),
    subject: [{ CN: [name] }],
    issuer: issuer.subjectName.toJSON(),
    publicKey: shown,
    signingKey: await importPrivate(createPrivateKey(authority.key)),
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map(value => ({ type: 'dns', value }) as const),
        ...names.addresses.map(value => ({ type: 'ip', value }) as const),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(await importPublic(createPublicKey(authority.cert))),
      await x509.SubjectKeyIdentifierExtension.create(shown),
    ],
  });
  return { cert: `${cert.toString('pem')}\n`, key: pemOf(privateKey) };
}

/** The DNS names that an authority may certify; null: any. */
export function permittedNames(cert: string): string[] | null {
  const extension = new x509.X509Certificate(cert).getExtension(id_ce_nameConstraints);
  if (!extension) return null;
  const { permittedSubtrees = [] } = AsnConvert.parse(extension.value, NameConstraints);
  const names = [...permittedSubtrees].flatMap(({ base }) => (base.dNSName === undefined ? [] : [base.dNSName]));
  return names.length === 0 ? null : names;
}

function constraints(dns: readonly string[]): x509.Extension {
  const permittedSubtrees = new GeneralSubtrees(
    dns.map(dNSName => new GeneralSubtree({ base: new GeneralName({ dNSName }) })),
  );
  return new x509.Extension(
    id_ce_nameConstraints,
    true,
    AsnConvert.serialize(new NameConstraints({ permittedSubtrees })),
  );
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function importPublic(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), EC, true, ['verify']);
}

function importPrivate(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), EC, false, ['sign']);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
