import type { Acting } from './acting.ts';
import type { Prompt, WaitSound } from './action.ts';
import { pause } from './waiting.ts';

const AGAIN_MS = 2_000;

/** Plays what somebody hears who waits, again and again until the signal says so. Never rejects. */
export async function hear(run: Acting, sound: WaitSound, signal: AbortSignal): Promise<void> {
  if (!sound) return;
  const prompts = promptsOf(sound);
  const { clock } = run.call;
  while (!signal.aborted && !run.led.ended) {
    const startedAt = clock.monotonic();
    await run.play(prompts, signal);
    // What cannot be played is not asked for in a hurry.
    if (clock.monotonic() - startedAt < AGAIN_MS) await pause(clock, AGAIN_MS, signal);
  }
}

function promptsOf(sound: NonNullable<WaitSound>): Prompt[] {
  if ('tone' in sound) return [{ kind: 'play', what: sound, loops: 0, levelDb: 0 }];
  const loops = sound.urls.length === 1 ? 0 : 1;
  return sound.urls.map(url => ({ kind: 'play', what: { url }, loops, levelDb: 0 }));
}
