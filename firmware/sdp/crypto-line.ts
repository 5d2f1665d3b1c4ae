import type { MasterKeyIdentifier, SrtpSuite } from '../../pipelines/protocol/leg-media.ts';

/** Of key and salt together: 16 or 32 bytes and 14, or 12 with GCM. */
const KEY_BYTES: Readonly<Record<SrtpSuite, number>> = {
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_CM_128_HMAC_SHA1_32: 30,
  AES_256_CM_HMAC_SHA1_80: 46,
  AES_256_CM_HMAC_SHA1_32: 46,
  AEAD_AES_128_GCM: 28,
  AEAD_AES_256_GCM: 44,
};

/** An a=crypto of SDES (RFC 4568 §9.1) that can be used: one key, no session parameter that we would have to honour. */
export interface CryptoLine {
  tag: number;
  suite: SrtpSuite;
  /** Base64 of key and salt. A secret. */
  key: string;
  /** Packets that its writer sends with this key before it brings another one; null when it is not given. */
  lifetime: number | null;
  /** Of 1–4 bytes. */
  mki: MasterKeyIdentifier | null;
}

/** RFC 3711 §9.2: no key protects more packets. */
const MAX_LIFETIME = 2 ** 48;
/** RFC 4568 §6.1 allows 128; the worker looks for no more. */
const MAX_MKI_BYTES = 4;

const LINE = /^(\d{1,9}) +([A-Za-z0-9_]+) +(\S+)((?: +\S+)*)$/;
const INLINE = /^inline:([A-Za-z0-9+/]{1,128}={0,2})(?:\|(2\^\d{1,2}|\d{1,15}))?(?:\|(\d{1,10}):(\d{1,3}))?$/i;
/** A hint for the receiver, and what its writer says may be ignored (§6.3.6, §6.3.7). */
const HARMLESS = /^(?:WSH=\d+|-.*)$/i;

/** Reads what follows `a=crypto:`; null when it is malformed, or asks for what we do not have. */
export function parseCrypto(value: string): CryptoLine | null {
  const [, tag, name, keyParams = '', more = ''] = LINE.exec(value.trim()) ?? [];
  const suite = name && suiteNamed(name);
  const [, key = '', lifetime, mki, mkiBytes] = INLINE.exec(keyParams) ?? [];
  const bytes = Buffer.from(key, 'base64');
  if (!suite || bytes.length !== KEY_BYTES[suite]) return null;
  if (!more.split(' ').every(each => each === '' || HARMLESS.test(each))) return null;
  const line: CryptoLine = {
    tag: Number(tag),
    suite,
    key: bytes.toString('base64'),
    lifetime: lifetime === undefined ? null : packetsOf(lifetime),
    mki: mki === undefined ? null : { value: Number(mki), bytes: Number(mkiBytes) },
  };
  return hasLimits(line) ? line : null;
}

/** What is outside of them makes the line invalid (RFC 4568 §6.1). */
function hasLimits({ lifetime, mki }: CryptoLine): boolean {
  if (lifetime !== null && (lifetime < 1 || lifetime > MAX_LIFETIME)) return false;
  return mki === null || (mki.bytes >= 1 && mki.bytes <= MAX_MKI_BYTES && mki.value < 2 ** (8 * mki.bytes));
}

function suiteNamed(name: string): SrtpSuite | null {
  const upper = name.toUpperCase();
  return upper in KEY_BYTES ? (upper as SrtpSuite) : null;
}

function packetsOf(text: string): number {
  return text.startsWith('2^') ? 2 ** Number(text.slice(2)) : Number(text);
}

/** The value of an a=crypto. */
export function formatCrypto({ tag, suite, key, lifetime, mki }: CryptoLine): string {
  const limits = (lifetime === null ? '' : `|${lifetime}`) + (mki === null ? '' : `|${mki.value}:${mki.bytes}`);
  return `${tag} ${suite} inline:${key}${limits}`;
}

/** A line with a new key. @param randomBytes must not be guessable: it makes the key */
export function newCrypto(tag: number, suite: SrtpSuite, randomBytes: (size: number) => Buffer): CryptoLine {
  return { tag, suite, key: randomBytes(KEY_BYTES[suite]).toString('base64'), lifetime: null, mki: null };
}
