import { callTones } from '../announcements/call-tones.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LedCall } from '../calls/led/led-call.ts';
import type { Play } from '../media/players.ts';
import type { PlaySound, Prompt, Say } from './action.ts';
import type { ScriptServices } from './script-services.ts';
import { aborted, pause } from './waiting.ts';

/** What is played of a prompt; null: it is made of digits, or of time. */
type Sound = Pick<Play, 'source' | 'loops' | 'levelDb' | 'maxMs'>;

/** What playing needs of a call. */
export interface Player {
  readonly services: ScriptServices;
  readonly led: LedCall;
  /** Answers a call that is not answered yet. @throws CrosspointError call.not-active */
  answer(): void;
}

/** A telephone-event and the gap after it (RFC 4733), and what a pause among digits takes. */
const DIGIT_MS = 200;
const DIGIT_PAUSE_MS = 500;
const MAX_LOOPS = 1000;

/**
 * Plays prompts one after the other to the far end alone. Resolves when they have been heard, or the signal says so.
 * What cannot be played is passed over; `failed` is told.
 */
export async function playPrompts(
  player: Player,
  prompts: readonly Prompt[],
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  for (const prompt of prompts) {
    if (signal.aborted) return;
    await playPrompt(player, prompt, signal).catch(error => {
      if (!signal.aborted) failed(error);
    });
  }
}

/** @throws CrosspointError script.…, media.…, call.not-active */
export async function playPrompt(player: Player, prompt: Prompt, signal: AbortSignal): Promise<void> {
  const { services, led } = player;
  const { clock } = services.context.services;
  if (prompt.kind === 'pause') return pause(clock, prompt.ms, signal);
  if (prompt.kind === 'play' && 'digits' in prompt.what) {
    player.answer();
    const { digits } = prompt.what;
    await led.sendDigits(digits);
    return pause(clock, lengthOf(digits), signal);
  }
  const sound = await soundOf(player, prompt, signal);
  if (signal.aborted) return;
  player.answer();
  const playing = await led.play(sound);
  const end = await Promise.race([playing.ended, aborted(signal)]);
  if (!end) {
    await playing.stop(20).catch(() => undefined); // it may have ended by itself
    return;
  }
  if (end.reason === 'failed')
    throw new CrosspointError('media.file-undecodable', end.message ?? 'The sound could not be played');
}

/** Has what a script says first spoken before it is wanted. */
export function prepare({ services: { speech }, led }: Player, prompts: readonly Prompt[]): void {
  const { project } = led.call.ref;
  // Who needs it is told what is wrong with it.
  for (const prompt of prompts)
    if (prompt.kind === 'say') speech.speak(prompt.text, prompt, project).catch(() => undefined);
}

async function soundOf({ services, led }: Player, prompt: Say | PlaySound, signal: AbortSignal): Promise<Sound> {
  const { levelDb } = prompt;
  const loops = Math.min(prompt.loops, MAX_LOOPS);
  if (prompt.kind === 'say') {
    const source = await services.speech.speak(prompt.text, prompt, led.call.ref.project);
    return { source, loops, levelDb };
  }
  const { what } = prompt;
  if ('tone' in what) return { source: callTones[what.tone], levelDb };
  if ('url' in what)
    return { source: await services.sounds.fetch(what.url, signal, led.call.ref.project), loops, levelDb };
  throw new CrosspointError('script.no-sound', 'Digits are no sound');
}

function lengthOf(digits: string): number {
  return [...digits].reduce((ms, digit) => ms + (digit === 'p' ? DIGIT_PAUSE_MS : DIGIT_MS), 0);
}
