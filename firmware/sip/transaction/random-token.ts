import { randomFillSync } from 'node:crypto';

/** Asking the system for a few bytes at a time costs more than the rest of a request put together. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** `bytes` random bytes as lower-case hex: survives peers that fold the case of tags and branches. */
export function randomToken(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const token = pool.toString('hex', used, used + bytes);
  used += bytes;
  return token;
}

/** RFC 3261 §8.1.1.7: the cookie says that the branch is unique in space and time. */
export function newBranch(): string {
  return `z9hG4bK${randomToken(12)}`;
}

export function newTag(): string {
  return randomToken(8);
}

/** Not guessable: a peer that is not a trunk is let in by knowing it. */
export function newCallId(): string {
  return randomToken(16);
}
