import { createPublicKey, type KeyObject } from 'node:crypto';
import { CrosspointError } from '../base/errors.ts';
import { readPem } from './read-pem.ts';

/** A key of 16,384 bits has 3 KB. */
const MAX_BYTES = 16 * 1024;
/** RFC 7518 §3.3. */
const MIN_BITS = 2048;

/** What the tokens of a Vonage application are checked with: read once, so that a request costs no parsing. */
export class ApplicationKey {
  /** An absolute path, or one from the working directory. */
  readonly file: string;
  #current: KeyObject;

  /** @throws CrosspointError config.key-file */
  constructor(file: string) {
    this.file = file;
    this.#current = readPublicKey(file);
  }

  get current(): KeyObject {
    return this.#current;
  }

  replace(key: KeyObject): void {
    this.#current = key;
  }
}

/**
 * An RSA public key in PEM.
 * @throws CrosspointError config.key-file: the file is missing, unreadable, or holds something else
 */
export function readPublicKey(file: string): KeyObject {
  const text = readPem(file, MAX_BYTES, unusable);
  // Node would take one, and derive the other half: then the box had a secret that it does not need.
  if (text.includes('PRIVATE KEY'))
    throw unusable(file, 'it is a private key, which belongs to the application alone; give the public one');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    throw unusable(file, 'it holds no public key in PEM');
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw unusable(file, `it is a key of type ${key.asymmetricKeyType}; Vonage's tokens are signed with RSA`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_BITS) throw unusable(file, `its RSA key has ${bits} bits; ${MIN_BITS} are the least`);
  return key;
}

function unusable(file: string, why: string): CrosspointError {
  return new CrosspointError('config.key-file', `${file} cannot be used: ${why}`);
}
