import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 3711 §5: AES_CM_128_HMAC_SHA1_80, the suite that we offer. */
const KEY_BYTES = 16;
const SALT_BYTES = 14;
const TAG_BYTES = 10;
const RTP_HEADER = 12;
const NO_INDEX = Buffer.alloc(4);

/**
 * SRTP of one direction for the few seconds of a test call: the sequence number is taken not to roll over (§3.3.1).
 * Header extensions and CSRCs are not looked for: where they are, their packets cannot be read, and are counted as such.
 */
export class SrtpPackets {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #authKey: Buffer;

  /** @param inline base64 of master key and master salt (RFC 4568 §6.1) */
  constructor(inline: string) {
    const master = Buffer.from(inline, 'base64');
    const [key, salt] = [master.subarray(0, KEY_BYTES), master.subarray(KEY_BYTES, KEY_BYTES + SALT_BYTES)];
    this.#key = derived(key, salt, 0, KEY_BYTES);
    this.#authKey = derived(key, salt, 1, 20);
    this.#salt = derived(key, salt, 2, SALT_BYTES);
  }

  protect(packet: Buffer): Buffer {
    const secured = this.#crypted(packet);
    return Buffer.concat([secured, this.#tag(secured)]);
  }

  /** Null when the tag is not right. */
  unprotect(packet: Buffer): Buffer | null {
    if (packet.length < RTP_HEADER + TAG_BYTES) return null;
    const secured = packet.subarray(0, -TAG_BYTES);
    return timingSafeEqual(this.#tag(secured), packet.subarray(-TAG_BYTES)) ? this.#crypted(secured) : null;
  }

  /** §4.1.1: the key stream begins at (salt·2¹⁶) ⊕ (SSRC·2⁶⁴) ⊕ (index·2¹⁶). */
  #crypted(packet: Buffer): Buffer {
    const start = Buffer.concat([this.#salt, Buffer.alloc(2)]);
    for (let at = 0; at < 4; at++) start[4 + at] = (start[4 + at] ?? 0) ^ (packet[8 + at] ?? 0);
    for (let at = 0; at < 2; at++) start[12 + at] = (start[12 + at] ?? 0) ^ (packet[2 + at] ?? 0);
    const cipher = createCipheriv('aes-128-ctr', this.#key, start);
    return Buffer.concat([packet.subarray(0, RTP_HEADER), cipher.update(packet.subarray(RTP_HEADER))]);
  }

  #tag(packet: Buffer): Buffer {
    return createHmac('sha1', this.#authKey).update(packet).update(NO_INDEX).digest().subarray(0, TAG_BYTES);
  }
}

/** §4.3.1, with a key derivation rate of 0. */
function derived(key: Buffer, salt: Buffer, label: number, bytes: number): Buffer {
  const start = Buffer.concat([salt, Buffer.alloc(2)]);
  start[7] = (start[7] ?? 0) ^ label;
  return createCipheriv('aes-128-ctr', key, start).update(Buffer.alloc(bytes));
}
