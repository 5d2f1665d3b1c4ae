import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { readPrivateFile, unreadable, writePrivateFile } from '../config/private-file.ts';
import type { CertificateNames } from './certificate-names.ts';
import { EVERY_MS, type HttpsIdentity, type ShownCertificate } from './identity.ts';

export const AUTHORITY_FILE = 'https-authority.pem';
export const CERTIFICATE_FILE = 'https-certificate.pem';
const REMEDY = 'delete it and a new authority is made, which browsers have to be told to trust';

const DAY_MS = 86_400_000;
const AUTHORITY_MS = 3652 * DAY_MS;
/** Browsers take nothing longer: Apple 398 days, and so the others. */
const CERTIFICATE_MS = 397 * DAY_MS;
const RENEWED_MS = 30 * DAY_MS;
/** Clocks of phones and boxes differ. */
const BACKDATED_MS = DAY_MS;

export interface OwnAuthorityParts {
  readonly stateDir: string;
  /** Of the box, in the names of its certificates. */
  readonly box: string;
  /** Asked at each look: addresses come and go. */
  readonly names: () => CertificateNames;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The box's own certificate authority (`http.tls.mode: private-ca`), made at the first start and the same ever after, and
 * the one certificate that it signs: renewed before it ends, and when the box has names or addresses that it lacks.
 *
 * Both lie in the state directory, each with its key, readable by the service's user alone.
 */
export class OwnAuthority implements HttpsIdentity {
  onRenewed: (shown: ShownCertificate) => void = () => {};
  readonly #parts: OwnAuthorityParts;
  #authority: ShownCertificate;
  #shown: ShownCertificate;
  #looking: Promise<void> | null = null;
  #timer: Timer | null = null;

  /** @throws CrosspointError config.secrets-exposed, config.secrets-unreadable, config.state-dir */
  static async open(parts: OwnAuthorityParts): Promise<OwnAuthority> {
    const authority = readAuthority(parts.stateDir) ?? (await newAuthority(parts));
    const shown = readCertificate(parts.stateDir);
    if (shown !== null && !isDue(shown, authority, parts)) return new OwnAuthority(parts, authority, shown);
    const made = await issued(parts, authority);
    return new OwnAuthority(parts, made.authority, made.shown);
  }

  private constructor(parts: OwnAuthorityParts, authority: ShownCertificate, shown: ShownCertificate) {
    this.#parts = parts;
    this.#authority = authority;
    this.#shown = shown;
  }

  get shown(): ShownCertificate {
    return this.#shown;
  }

  get authority(): string {
    return this.#authority.cert;
  }

  start(): void {
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      void this.check();
      this.start();
    });
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  /** Never rejects: what goes wrong is logged, and what is shown stays. */
  check(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { log } = this.#parts;
    try {
      if (!isDue(this.#shown, this.#authority, this.#parts)) return;
      const { authority, shown } = await issued(this.#parts, this.#authority);
      this.#authority = authority;
      this.#shown = shown;
      this.onRenewed(shown);
      log.info({ until: new X509Certificate(shown.cert).validTo }, 'the HTTPS certificate was renewed');
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the HTTPS certificate could not be renewed: the former one stays');
    }
  }
}

/** Whether another certificate is needed than the one that there is. */
function isDue(shown: ShownCertificate, authority: ShownCertificate, { names, clock }: OwnAuthorityParts): boolean {
  const cert = new X509Certificate(shown.cert);
  const signer = new X509Certificate(authority.cert);
  if (!cert.checkIssued(signer) || !cert.verify(signer.publicKey)) return true;
  if (endsSoon(cert, clock)) return true;
  const { dns, addresses } = names();
  const certified = (cert.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g);
  const had = [...certified].map(([, name]) => name).sort();
  // An address that is gone does no harm; with VPNs and containers that would be a certificate a minute.
  return had.join() !== dns.join() || addresses.some(address => cert.checkIP(address) === undefined);
}

/**
 * A new certificate, from a new authority where the known one ends soon or may not certify a name that is needed.
 * A clock that stands before the authority's beginning is wrong, as of a box that has not heard of the time yet: no reason.
 */
async function issued(
  parts: OwnAuthorityParts,
  known: ShownCertificate,
): Promise<{ authority: ShownCertificate; shown: ShownCertificate }> {
  const { stateDir, box, clock } = parts;
  const x509 = await import('./x509.ts');
  const names = parts.names();
  let authority = known;
  const permitted = x509.permittedNames(known.cert);
  const foreign = permitted === null ? [] : names.dns.filter(name => !isWithin(name, permitted));
  const ends = endsSoon(new X509Certificate(known.cert), clock);
  if (ends || foreign.length > 0) {
    authority = await newAuthority(parts);
    parts.log.warn(
      { reason: ends ? 'the former one ends' : `the former one may not certify ${foreign.join(', ')}` },
      'a new HTTPS authority was made: browsers have to be told to trust it, see /trust',
    );
  }
  const signer = new X509Certificate(authority.cert);
  const begin = Math.max(clock.now() - BACKDATED_MS, Date.parse(signer.validFrom));
  const end = Math.min(begin + CERTIFICATE_MS, Date.parse(signer.validTo));
  const validity = { notBefore: new Date(begin), notAfter: new Date(end) };
  const shown = await x509.issue(authority, `Crosspoint ${box}`, names, validity);
  writePrivateFile(path.join(stateDir, CERTIFICATE_FILE), shown.key + shown.cert);
  return { authority, shown };
}

async function newAuthority({ stateDir, box, names, clock }: OwnAuthorityParts): Promise<ShownCertificate> {
  const { makeAuthority } = await import('./x509.ts');
  const begin = clock.now() - BACKDATED_MS;
  const validity = { notBefore: new Date(begin), notAfter: new Date(begin + AUTHORITY_MS) };
  // A name that no other one had: browsers confuse authorities that share it.
  const name = `Crosspoint ${box} authority ${randomBytes(3).toString('hex')}`;
  const made = await makeAuthority(name, names().dns, validity);
  writePrivateFile(path.join(stateDir, AUTHORITY_FILE), made.key + made.cert);
  return made;
}

function readAuthority(stateDir: string): ShownCertificate | null {
  const file = path.join(stateDir, AUTHORITY_FILE);
  const text = readPrivateFile(file, REMEDY);
  if (text === null) return null;
  const pair = pairIn(text);
  if (pair === null) throw unreadable(file, 'it does not hold a certificate and its key in PEM', REMEDY);
  return pair;
}

/** Null also of one that is damaged: another is made. */
function readCertificate(stateDir: string): ShownCertificate | null {
  const text = readPrivateFile(path.join(stateDir, CERTIFICATE_FILE), 'delete it and another is made');
  return text === null ? null : pairIn(text);
}

function pairIn(text: string): ShownCertificate | null {
  try {
    const key = createPrivateKey(text);
    const cert = new X509Certificate(text);
    if (!cert.checkPrivateKey(key)) return null;
    return { cert: cert.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  } catch {
    return null;
  }
}

function endsSoon(cert: X509Certificate, clock: Clock): boolean {
  return clock.now() > Date.parse(cert.validTo) - RENEWED_MS;
}

/** RFC 5280 §4.2.1.10: the name itself, or what ends in it. */
function isWithin(name: string, permitted: readonly string[]): boolean {
  return permitted.some(each => name === each || name.endsWith(`.${each}`));
}
