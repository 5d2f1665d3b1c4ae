import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `probe` gives something else than undefined, null or false, and returns it.
 *
 * @throws when `limitMs` have passed; the message says `what` was waited for and what `state` was
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: { limitMs?: number; everyMs?: number; state?: () => unknown } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { limitMs = 5_000, everyMs = 10, state } = options;
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found as Exclude<T, undefined | null | false>;
    if (performance.now() > deadline) {
      const seen = state ? `; instead: ${JSON.stringify(await state())}` : '';
      throw new Error(`waited ${limitMs} ms in vain for: ${what}${seen}`);
    }
    await sleep(everyMs);
  }
}

/** The value of a promise, or an error that says what took longer than `limitMs`. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = sleep(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`${what} took longer than ${limitMs} ms`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}
