import type { Clock, Timer } from '../../base/clock.ts';
import type { Gather } from '../action.ts';
import type { Keys } from '../keys.ts';
import type { Outcome } from '../outcome.ts';
import { within } from '../waiting.ts';

/**
 * Collects the keys that are pressed while prompts are played and after. The first one silences the prompts.
 *
 *     prompts ── first key ──▶ collecting ── finish key, number, time ──▶ done
 *        └── heard out ──▶ waiting ──┴─ key ──▶ collecting
 *                             └── time ──▶ done
 */
export async function gather(
  action: Gather,
  { keys, clock, play }: { keys: Keys; clock: Clock; play: (signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
): Promise<Extract<Outcome, { kind: 'gathered' }>> {
  const { finishKeys, maxDigits, firstDigitMs, interDigitMs } = action;
  const prompts = within(signal);
  let digits = '';
  let timer: Timer | null = null;
  let stopListening = () => {};
  try {
    return await new Promise((resolve, reject) => {
      const done = (finishedBy: string | null, timedOut: boolean) =>
        resolve({ kind: 'gathered', digits, finishedBy, timedOut });
      const waitFor = (ms: number) => {
        timer?.stop();
        timer = clock.after(ms, () => done(null, true));
      };
      stopListening = keys.listen(key => {
        prompts.abort();
        if (finishKeys.includes(key)) return done(key, false);
        digits += key;
        if (maxDigits !== null && digits.length >= maxDigits) return done(null, false);
        waitFor(interDigitMs);
      });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      play(prompts.signal).then(() => {
        if (digits === '' && !signal.aborted) waitFor(firstDigitMs);
      }, reject);
    });
  } finally {
    (timer as Timer | null)?.stop();
    stopListening();
    prompts.abort();
    prompts.close();
  }
}
