/**
 * Watches the framing of an MQTT byte stream (MQTT 3.1.1 §2.2: a type byte, a length of one to four bytes, the rest) and
 * says when a packet announces itself as larger than allowed, before its body is gathered in memory.
 */
export class PacketSizeGate {
  readonly #maxBytes: number;
  /** Body bytes of the current packet that are still to come. */
  #body = 0;
  /** Bytes of the length field read so far; -1 while the type byte is awaited. */
  #digits = -1;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False once a packet is too large or its length is malformed; the connection must then be closed. */
  accepts(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#body > 0) {
        const skipped = Math.min(this.#body, chunk.length - at);
        this.#body -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (this.#digits < 0) {
        this.#digits = 0;
        this.#length = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#digits;
      this.#digits += 1;
      if (this.#length > this.#maxBytes) return false;
      if ((byte & 0x80) === 0) {
        this.#body = this.#length;
        this.#digits = -1;
      } else if (this.#digits === 4) return false;
    }
    return true;
  }
}
