import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { NonceTable } from './nonce-table.ts';

/** Time in milliseconds, salt, and the seal of both. */
const TIME_BYTES = 6;
const SALT_BYTES = 6;
const SEAL_BYTES = 18;
const NONCE = /^[A-Za-z0-9_-]{40}$/;
/** Of a box whose clock is set back. */
const MAX_AHEAD_MS = 30_000;

/**
 * Nonces that cost no memory until somebody has answered one rightly: time and salt, sealed with a secret of ours
 * (RFC 7616 §5.4: the server knows its own again, and how old they are).
 */
export class Nonces {
  readonly #clock: Clock;
  readonly #secret: Buffer;
  readonly #validMs: number;
  readonly #used: NonceTable;

  constructor(options: { clock: Clock; secret: Buffer; validMs: number; maxUsed: number }) {
    this.#clock = options.clock;
    this.#secret = options.secret;
    this.#validMs = options.validMs;
    this.#used = new NonceTable(options.maxUsed);
  }

  /** A new one, good for `validMs`. */
  make(): string {
    const bytes = Buffer.alloc(TIME_BYTES + SALT_BYTES);
    bytes.writeUIntBE(this.#clock.now(), 0, TIME_BYTES);
    randomBytes(SALT_BYTES).copy(bytes, TIME_BYTES);
    return Buffer.concat([bytes, this.#seal(bytes)]).toString('base64url');
  }

  /**
   * Counts a use by somebody whose credentials are right. False: not ours, too old, or that count was used before, so
   * that whoever overhears a request cannot send it again.
   */
  use(nonce: string, count: number): boolean {
    const madeAt = this.#madeAt(nonce);
    const now = this.#clock.now();
    if (madeAt === null || madeAt < now - this.#validMs || madeAt > now + MAX_AHEAD_MS) return false;
    this.#used.forget(now - this.#validMs);
    return this.#used.use(nonce, madeAt, count);
  }

  /** Milliseconds since 1970; null when it is not one of ours. */
  #madeAt(nonce: string): number | null {
    if (!NONCE.test(nonce)) return null;
    const bytes = Buffer.from(nonce, 'base64url');
    const sealed = bytes.subarray(0, TIME_BYTES + SALT_BYTES);
    if (!timingSafeEqual(this.#seal(sealed), bytes.subarray(TIME_BYTES + SALT_BYTES))) return null;
    return sealed.readUIntBE(0, TIME_BYTES);
  }

  #seal(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#secret).update(bytes).digest().subarray(0, SEAL_BYTES);
  }
}
