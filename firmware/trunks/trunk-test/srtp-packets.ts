import { type CipherGCM, createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { SrtpKey, SrtpSuite } from '../../../pipelines/protocol/leg-media.ts';

interface Suite {
  readonly cipher: 'aes-128-ctr' | 'aes-256-ctr' | 'aes-128-gcm' | 'aes-256-gcm';
  readonly keyBytes: number;
  readonly saltBytes: number;
  readonly tagBytes: number;
}

/** RFC 4568 §6.2, RFC 6188, RFC 7714. */
const SUITES: Readonly<Record<SrtpSuite, Suite>> = {
  AES_CM_128_HMAC_SHA1_80: { cipher: 'aes-128-ctr', keyBytes: 16, saltBytes: 14, tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { cipher: 'aes-128-ctr', keyBytes: 16, saltBytes: 14, tagBytes: 4 },
  AES_256_CM_HMAC_SHA1_80: { cipher: 'aes-256-ctr', keyBytes: 32, saltBytes: 14, tagBytes: 10 },
  AES_256_CM_HMAC_SHA1_32: { cipher: 'aes-256-ctr', keyBytes: 32, saltBytes: 14, tagBytes: 4 },
  AEAD_AES_128_GCM: { cipher: 'aes-128-gcm', keyBytes: 16, saltBytes: 12, tagBytes: 16 },
  AEAD_AES_256_GCM: { cipher: 'aes-256-gcm', keyBytes: 32, saltBytes: 12, tagBytes: 16 },
};
const RTP_HEADER = 12;
const NO_ROLL_OVER = Buffer.alloc(4);

/**
 * SRTP of one direction for the few seconds of a test call: the sequence number is taken not to roll over (§3.3.1).
 * Header extensions and CSRCs are not looked for: where they are, their packets cannot be read, and are counted as such.
 */
export class SrtpPackets {
  readonly #suite: Suite;
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #authKey: Buffer;
  readonly #mki: Buffer;

  constructor({ suite, key: inline, mki }: SrtpKey) {
    const { keyBytes, saltBytes } = SUITES[suite];
    const master = Buffer.from(inline, 'base64');
    const [key, salt] = [master.subarray(0, keyBytes), master.subarray(keyBytes)];
    this.#suite = SUITES[suite];
    this.#key = derived(key, salt, 0, keyBytes);
    this.#authKey = derived(key, salt, 1, 20);
    this.#salt = derived(key, salt, 2, saltBytes);
    this.#mki = Buffer.alloc(mki?.bytes ?? 0);
    if (mki) this.#mki.writeUIntBE(mki.value, 0, mki.bytes);
  }

  protect(packet: Buffer): Buffer {
    if (!this.#isGcm) {
      const secured = this.#inCounterMode(packet);
      return Buffer.concat([secured, this.#mki, this.#tag(secured)]);
    }
    const cipher = createCipheriv(this.#suite.cipher, this.#key, this.#start(packet)) as CipherGCM;
    const header = packet.subarray(0, RTP_HEADER);
    cipher.setAAD(header);
    const body = cipher.update(packet.subarray(RTP_HEADER));
    return Buffer.concat([header, body, cipher.final(), cipher.getAuthTag(), this.#mki]);
  }

  /** Null when it is not authentic. */
  unprotect(packet: Buffer): Buffer | null {
    const { tagBytes } = this.#suite;
    const end = packet.length - this.#mki.length - tagBytes;
    if (end < RTP_HEADER) return null;
    const secured = packet.subarray(0, end);
    // The tag is behind the identifier, but with GCM part of what is encrypted.
    const [tagAt, mkiAt] = this.#isGcm ? [end, end + tagBytes] : [end + this.#mki.length, end];
    if (!packet.subarray(mkiAt, mkiAt + this.#mki.length).equals(this.#mki)) return null;
    const tag = packet.subarray(tagAt, tagAt + tagBytes);
    if (this.#isGcm) return this.#opened(secured, tag);
    return timingSafeEqual(this.#tag(secured), tag) ? this.#inCounterMode(secured) : null;
  }

  get #isGcm(): boolean {
    return this.#suite.cipher.endsWith('gcm');
  }

  #opened(secured: Buffer, tag: Buffer): Buffer | null {
    const { cipher, tagBytes: authTagLength } = this.#suite;
    const header = secured.subarray(0, RTP_HEADER);
    const options = { authTagLength };
    const decipher = createDecipheriv(cipher as 'aes-128-gcm', this.#key, this.#start(secured), options);
    decipher.setAAD(header).setAuthTag(tag);
    const body = decipher.update(secured.subarray(RTP_HEADER));
    try {
      return Buffer.concat([header, body, decipher.final()]);
    } catch {
      return null;
    }
  }

  #inCounterMode(packet: Buffer): Buffer {
    const cipher = createCipheriv(this.#suite.cipher, this.#key, this.#start(packet));
    return Buffer.concat([packet.subarray(0, RTP_HEADER), cipher.update(packet.subarray(RTP_HEADER))]);
  }

  /** RFC 3711 §4.1.1: the key stream begins at (salt·2¹⁶) ⊕ (SSRC·2⁶⁴) ⊕ (index·2¹⁶); RFC 7714 §8.1 likewise. */
  #start(packet: Buffer): Buffer {
    const [ssrcAt, indexAt, bytes] = this.#isGcm ? [2, 10, 12] : [4, 12, 16];
    const start = Buffer.alloc(bytes);
    this.#salt.copy(start);
    for (let at = 0; at < 4; at++) start[ssrcAt + at] = (start[ssrcAt + at] ?? 0) ^ (packet[8 + at] ?? 0);
    for (let at = 0; at < 2; at++) start[indexAt + at] = (start[indexAt + at] ?? 0) ^ (packet[2 + at] ?? 0);
    return start;
  }

  #tag(packet: Buffer): Buffer {
    const { tagBytes } = this.#suite;
    return createHmac('sha1', this.#authKey).update(packet).update(NO_ROLL_OVER).digest().subarray(0, tagBytes);
  }
}

/** RFC 3711 §4.3.1, with a key derivation rate of 0. */
function derived(key: Buffer, salt: Buffer, label: number, bytes: number): Buffer {
  const start = Buffer.alloc(16);
  salt.copy(start);
  start[7] = (start[7] ?? 0) ^ label;
  return createCipheriv(`aes-${key.length === 16 ? 128 : 256}-ctr`, key, start).update(Buffer.alloc(bytes));
}
